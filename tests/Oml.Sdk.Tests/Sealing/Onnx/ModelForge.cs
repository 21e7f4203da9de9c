using Oml.Sdk.TestModels;

namespace Oml.Sdk.Tests.Sealing.Onnx;

/// <summary>Makes ONNX models field by field, wrong ones too.</summary>
internal static class ModelForge
{
    public const int Float = 1;
    public const int Int64 = 7;

    /// <summary>A model with this in its graph, and with this beside the graph.</summary>
    public static byte[] Model(Action<ProtobufWriter> graph, Action<ProtobufWriter>? beside = null) => Message(model =>
    {
        model.Integer(1, 8);
        model.Message(7, graph);
        model.Message(8, opset => opset.Integer(2, 17));
        beside?.Invoke(model);
    });

    /// <summary>A model whose only initializer is this.</summary>
    public static byte[] WithInitializer(Action<ProtobufWriter> tensor) => Model(graph => graph.Message(5, tensor));

    public static byte[] Message(Action<ProtobufWriter> write)
    {
        ProtobufWriter writer = new();
        write(writer);
        return writer.Written.ToArray();
    }

    public static Action<ProtobufWriter> External(string name, int type, long[] dims, params (string Key, string Value)[] entries) =>
        tensor =>
        {
            tensor.PackedIntegers(1, dims);
            tensor.Integer(2, type);
            tensor.Text(8, name);
            Array.ForEach(entries, entry => tensor.Message(13, Entry(entry.Key, entry.Value)));
            tensor.Integer(14, 1);
        };

    public static Action<ProtobufWriter> Inline(string name, int type, long[] dims, byte[] data) => tensor =>
    {
        tensor.PackedIntegers(1, dims);
        tensor.Integer(2, type);
        tensor.Text(8, name);
        tensor.Bytes(9, data);
    };

    public static Action<ProtobufWriter> Entry(string key, string value) => entry =>
    {
        entry.Text(1, key);
        entry.Text(2, value);
    };

    public static Action<ProtobufWriter> Node(string operation, string name, Action<ProtobufWriter>? attribute = null) => node =>
    {
        node.Text(2, "out");
        node.Text(3, name);
        node.Text(4, operation);
        if (attribute is not null)
        {
            node.Message(5, attribute);
        }
    };

    /// <summary>A model with a tensor at each place where ONNX has one; <paramref name="tensor"/> makes it from a name.</summary>
    public static byte[] Everywhere(Func<string, Action<ProtobufWriter>> tensor)
    {
        Action<ProtobufWriter> inner = graph =>
        {
            graph.Message(1, Node("Constant", "deep", attribute => attribute.Message(5, tensor("in-graph-attribute"))));
            graph.Message(5, tensor("in-graph-initializer"));
            graph.Text(2, "inner");
        };
        return Model(
            graph =>
            {
                graph.Message(1, Node("Constant", "a", attribute =>
                {
                    attribute.Text(1, "value");
                    attribute.Message(5, tensor("t"));
                    attribute.Message(10, tensor("tensors-0"));
                    attribute.Message(10, tensor("tensors-1"));
                    attribute.Message(22, Sparse("sparse", tensor));
                    attribute.Message(23, Sparse("sparses", tensor));
                }));
                graph.Message(1, Node("If", "b", attribute => attribute.Message(6, inner)));
                graph.Message(1, Node("Many", "c", attribute => attribute.Message(11, inner)));
                graph.Text(2, "outer");
                graph.Message(5, tensor("top-0"));
                graph.Message(5, tensor("top-1"));
                graph.Message(15, Sparse("sparse-initializer", tensor));
            },
            model =>
            {
                model.Message(20, training =>
                {
                    training.Message(1, graph => graph.Message(5, tensor("initialization")));
                    training.Message(2, graph => graph.Message(5, tensor("algorithm")));
                });
                model.Message(25, function =>
                {
                    function.Text(1, "f");
                    function.Message(7, Node("Constant", "d", attribute => attribute.Message(5, tensor("function-node"))));
                    function.Message(11, attribute => attribute.Message(5, tensor("function-default")));
                });
            });
    }

    private static Action<ProtobufWriter> Sparse(string name, Func<string, Action<ProtobufWriter>> tensor) => sparse =>
    {
        sparse.Message(1, tensor($"{name}-values"));
        sparse.Message(2, tensor($"{name}-indices"));
        sparse.PackedIntegers(3, [4]);
    };
}
