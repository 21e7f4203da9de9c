namespace Oml.Sdk.TestModels;

/// <summary>A named setting of a node.</summary>
public sealed class OnnxAttribute
{
    private const int TypeField = 20;

    private readonly string _name;
    private readonly Action<ProtobufWriter> _write;

    private OnnxAttribute(string name, int type, Action<ProtobufWriter> write)
    {
        _name = name;
        _write = writer =>
        {
            write(writer);
            writer.Integer(TypeField, type);
        };
    }

    /// <summary>A 32-bit floating-point number.</summary>
    public static OnnxAttribute Float(string name, float value) => new(name, 1, w => w.Float(2, value));

    /// <summary>An integer.</summary>
    public static OnnxAttribute Int(string name, long value) => new(name, 2, w => w.Integer(3, value));

    /// <summary>A text.</summary>
    public static OnnxAttribute Text(string name, string value) => new(name, 3, w => w.Text(4, value));

    /// <summary>A constant.</summary>
    public static OnnxAttribute Tensor(string name, OnnxTensor value) => new(name, 4, w => w.Message(5, t => value.Write(t, null)));

    /// <summary>A graph of its own, such as the body of a loop; it may read the values of the graph around it by name.</summary>
    public static OnnxAttribute Graph(string name, OnnxGraph value) => new(name, 5, w => w.Message(6, value.WriteGraph));

    /// <summary>A list of integers.</summary>
    public static OnnxAttribute Ints(string name, params long[] values) => new(name, 7, w => w.PackedIntegers(8, values));

    internal void Write(ProtobufWriter writer)
    {
        writer.Text(1, _name);
        _write(writer);
    }
}
