using System.Buffers;

namespace Oml.Sdk.Sealing.Onnx;

/// <summary>Gives an output of a node another name, and puts other nodes behind the node.</summary>
/// <param name="node">The node.</param>
/// <param name="output">The name of one of its outputs.</param>
/// <param name="newOutput">The name that it gets.</param>
/// <param name="after">Whole fields of the graph, to stand behind the node.</param>
internal sealed class NodeEdit(OnnxNode node, string output, string newOutput, ReadOnlyMemory<byte> after) : ModelEdit(node.Range, node.Operation)
{
    public override ReadOnlyMemory<byte> After => after;

    public override long AddSplices(ProtobufReader message, List<Splice> splices)
    {
        while (message.Next())
        {
            ProtobufReader field = message;
            message.Skip();
            if (field.Field == OnnxFields.NodeOutput && field.Text() == output)
            {
                ArrayBufferWriter<byte> renamed = new();
                ProtobufFields.WriteText(renamed, OnnxFields.NodeOutput, newOutput);
                int length = message.Position - message.FieldStart;
                splices.Add(new Splice(message.FieldStart, length, renamed.WrittenMemory));
                return renamed.WrittenCount - length;
            }
        }

        throw new ArgumentException($"The node {OnnxText.Quote(Name)} has no output {OnnxText.Quote(output)}.", nameof(message));
    }
}
