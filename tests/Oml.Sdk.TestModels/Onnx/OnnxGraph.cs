namespace Oml.Sdk.TestModels;

/// <summary>
/// Builds a small ONNX model (IR version 8, operator set 17) piece by piece. Pieces of one kind keep the order of the calls, and
/// equal calls give equal bytes. Nodes must be added after the nodes whose values they read.
/// </summary>
/// <example>
/// <code>
/// byte[] model = new OnnxGraph("plus-one")
///     .Input("x", OnnxType.Float, "batch", 4)
///     .Initializer("one", OnnxTensor.Of&lt;float&gt;([1f]))
///     .Node("Add", ["x", "one"], ["y"])
///     .Output("y", OnnxType.Float, "batch", 4)
///     .ToArray();
/// </code>
/// </example>
public sealed class OnnxGraph(string name)
{
    private const int IrVersion = 8;
    private const int OperatorSet = 17;

    private readonly List<Action<ProtobufWriter>> _nodes = [];
    private readonly List<Action<ProtobufWriter>> _initializers = [];
    private readonly List<Action<ProtobufWriter>> _inputs = [];
    private readonly List<Action<ProtobufWriter>> _outputs = [];
    private readonly List<KeyValuePair<string, string>> _metadata = [];
    private string _producer = "Oml.Sdk.TestModels";
    private string _producerVersion = "1";

    /// <summary>Names the program that made the model.</summary>
    public OnnxGraph Producer(string producer, string version)
    {
        _producer = producer;
        _producerVersion = version;
        return this;
    }

    /// <summary>Adds an entry to the model's free-form properties.</summary>
    public OnnxGraph Metadata(string key, string value)
    {
        _metadata.Add(new(key, value));
        return this;
    }

    /// <summary>Declares an input.</summary>
    public OnnxGraph Input(string input, OnnxType type, params OnnxDimension[] dimensions)
    {
        _inputs.Add(writer => WriteValue(writer, input, type, dimensions));
        return this;
    }

    /// <summary>Declares an output.</summary>
    public OnnxGraph Output(string output, OnnxType type, params OnnxDimension[] dimensions)
    {
        _outputs.Add(writer => WriteValue(writer, output, type, dimensions));
        return this;
    }

    /// <summary>Declares an input of unknown rank.</summary>
    public OnnxGraph InputOfAnyRank(string input, OnnxType type)
    {
        _inputs.Add(writer => WriteValue(writer, input, type, null));
        return this;
    }

    /// <summary>Declares an output of unknown rank.</summary>
    public OnnxGraph OutputOfAnyRank(string output, OnnxType type)
    {
        _outputs.Add(writer => WriteValue(writer, output, type, null));
        return this;
    }

    /// <summary>Adds a constant; when it has the name of an input, it is that input's default.</summary>
    public OnnxGraph Initializer(string initializer, OnnxTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        _initializers.Add(writer => tensor.Write(writer, initializer));
        return this;
    }

    /// <summary>Adds an operation; an empty input name leaves out an optional input.</summary>
    public OnnxGraph Node(string operation, string[] inputs, string[] outputs, params OnnxAttribute[] attributes)
    {
        string node = $"{operation}_{_nodes.Count}";
        _nodes.Add(writer =>
        {
            Array.ForEach(inputs, input => writer.Text(1, input));
            Array.ForEach(outputs, output => writer.Text(2, output));
            writer.Text(3, node);
            writer.Text(4, operation);
            Array.ForEach(attributes, attribute => writer.Message(5, attribute.Write));
        });
        return this;
    }

    /// <summary>The bytes of the model file.</summary>
    public byte[] ToArray()
    {
        ProtobufWriter writer = new();
        writer.Integer(1, IrVersion);
        writer.Text(2, _producer);
        writer.Text(3, _producerVersion);
        writer.Message(7, WriteGraph);
        writer.Message(8, set => set.Integer(2, OperatorSet));
        foreach ((string key, string value) in _metadata)
        {
            writer.Message(14, entry =>
            {
                entry.Text(1, key);
                entry.Text(2, value);
            });
        }

        return writer.Written.ToArray();
    }

    internal void WriteGraph(ProtobufWriter writer)
    {
        _nodes.ForEach(node => writer.Message(1, node));
        writer.Text(2, name);
        _initializers.ForEach(initializer => writer.Message(5, initializer));
        _inputs.ForEach(input => writer.Message(11, input));
        _outputs.ForEach(output => writer.Message(12, output));
    }

    private static void WriteValue(ProtobufWriter writer, string name, OnnxType type, OnnxDimension[]? dimensions)
    {
        writer.Text(1, name);
        writer.Message(2, valueType => valueType.Message(1, tensor =>
        {
            tensor.Integer(1, (int)type);

            // An empty shape is written too: it says "scalar", where no shape at all says "unknown".
            if (dimensions is not null)
            {
                tensor.Message(2, shape => Array.ForEach(dimensions, dimension => shape.Message(1, dimension.Write)));
            }
        }));
    }
}
