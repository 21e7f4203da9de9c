using System.Buffers;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Sealing.Onnx;

namespace Oml.Sdk.Sealing.Baking;

/// <summary>Adds a constant to a value right behind the node that makes it, so that whatever reads the value reads the sum.</summary>
internal static class AddedNode
{
    private const string SignsName = "oml_baked_signs";
    private const string CleanName = "oml_baked_clean";

    // From here on, Add broadcasts by itself.
    private const long LeastOpset = 7;

    /// <summary>Whether a graph has one already.</summary>
    public static bool IsIn(OnnxGraphView graph) => graph.FindProducer(SignsName) is not null || graph.FindProducer(CleanName) is not null;

    /// <exception cref="BakingException">The model is too old to have such a node.</exception>
    public static BakingPlan Plan(BakingTarget target, FingerprintSubject subject, ReadOnlySpan<sbyte> signs, double amplitude, long opset)
    {
        if (opset < LeastOpset)
        {
            throw new BakingException(
                BakingFailure.InvalidModel,
                $"The output {OnnxText.Quote(target.Output.Name)} needs another node, and the model's operator set is {opset}; convert it to {LeastOpset} or later.");
        }

        // A constant node, as old models would have to declare an initializer as an input.
        ArrayBufferWriter<byte> nodes = new();
        WriteNode(nodes, "Constant", [], SignsName, ValueOf(target.Output.ElementType, signs, amplitude));
        WriteNode(nodes, "Add", [CleanName, SignsName], target.Value, null);
        return new BakingPlan(
            new BakedFingerprint(subject, target.Output.Name, amplitude, signs.Length, BakedPlacement.AddedNode, signs.Length),
            new NodeEdit(target.Producer, target.Value, CleanName, nodes.WrittenMemory));
    }

    private static byte[] ValueOf(int type, ReadOnlySpan<sbyte> signs, double amplitude)
    {
        int size = OnnxFloats.Size(type);
        byte[] values = new byte[signs.Length * size];
        for (int i = 0; i < signs.Length; i++)
        {
            OnnxFloats.Write(type, values.AsSpan(i * size), signs[i] * amplitude);
        }

        ArrayBufferWriter<byte> tensor = new();
        ProtobufFields.WriteInteger(tensor, OnnxFields.TensorDims, (ulong)signs.Length);
        ProtobufFields.WriteInteger(tensor, OnnxFields.TensorDataType, (ulong)type);
        ProtobufFields.WriteBytes(tensor, OnnxFields.TensorRawData, values);
        ArrayBufferWriter<byte> attribute = new();
        ProtobufFields.WriteText(attribute, OnnxFields.AttributeName, "value");
        ProtobufFields.WriteBytes(attribute, OnnxFields.AttributeTensor, tensor.WrittenSpan);
        ProtobufFields.WriteInteger(attribute, OnnxFields.AttributeType, OnnxFields.AttributeTypeTensor);
        return attribute.WrittenSpan.ToArray();
    }

    private static void WriteNode(ArrayBufferWriter<byte> graph, string operation, string[] inputs, string output, byte[]? attribute)
    {
        ArrayBufferWriter<byte> node = new();
        foreach (string input in inputs)
        {
            ProtobufFields.WriteText(node, OnnxFields.NodeInput, input);
        }

        ProtobufFields.WriteText(node, OnnxFields.NodeOutput, output);
        ProtobufFields.WriteText(node, OnnxFields.NodeName, $"oml_baked_{operation}");
        ProtobufFields.WriteText(node, OnnxFields.NodeOpType, operation);
        if (attribute is not null)
        {
            ProtobufFields.WriteBytes(node, OnnxFields.NodeAttribute, attribute);
        }

        ProtobufFields.WriteBytes(graph, OnnxFields.GraphNode, node.WrittenSpan);
    }
}
