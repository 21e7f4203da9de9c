using System.Collections.Immutable;
using System.Text;

namespace Oml.Sdk.Sealing.Onnx;

/// <summary>Looks things up in the own graph of a model by going through its bytes; nothing is kept of what is passed.</summary>
/// <param name="model">The bytes of a model that <see cref="OnnxModelScanner"/> accepted.</param>
internal sealed class OnnxGraphView(ReadOnlyMemory<byte> model)
{
    /// <summary>The outputs of the graph, in their order.</summary>
    public ImmutableArray<OnnxOutput> Outputs()
    {
        ImmutableArray<OnnxOutput>.Builder outputs = ImmutableArray.CreateBuilder<OnnxOutput>();
        ProtobufReader graph = Graph();
        while (graph.Next())
        {
            if (graph.Field == OnnxFields.GraphOutput)
            {
                outputs.Add(OnnxOutput.Read(graph.Message()));
            }
            else
            {
                graph.Skip();
            }
        }

        return outputs.DrainToImmutable();
    }

    /// <summary>The node that makes a value; null when none does.</summary>
    /// <exception cref="OnnxFormatException">Two nodes do.</exception>
    public OnnxNode? FindProducer(string value)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(value);
        OnnxNode? producer = null;
        ProtobufReader graph = Graph();
        while (graph.Next())
        {
            if (graph.Field != OnnxFields.GraphNode)
            {
                graph.Skip();
                continue;
            }

            ProtobufReader node = graph.Message();
            if (!HasText(node, OnnxFields.NodeOutput, utf8))
            {
                continue;
            }

            if (producer is not null)
            {
                throw new OnnxFormatException($"Two nodes make the value {OnnxText.Quote(value)}.", graph.FieldStart);
            }

            producer = OnnxNode.Read(node, new ByteRange(node.Position, graph.Position - node.Position));
        }

        return producer;
    }

    /// <summary>Finds an initializer of the graph.</summary>
    /// <exception cref="OnnxFormatException">Two have the name.</exception>
    public bool TryFindInitializer(string name, out TensorHeader tensor)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        bool isFound = false;
        tensor = default;
        ProtobufReader graph = Graph();
        while (graph.Next())
        {
            if (graph.Field != OnnxFields.GraphInitializer)
            {
                graph.Skip();
                continue;
            }

            ProtobufReader message = graph.Message();
            TensorHeader header = TensorHeader.Read(message, new ByteRange(message.Position, graph.Position - message.Position));
            if (header.Name is not { } found || !message.Slice(found).SequenceEqual(utf8))
            {
                continue;
            }

            tensor = !isFound ? header : throw header.Fault("is there twice");
            isFound = true;
        }

        return isFound;
    }

    /// <summary>The nodes of the graph itself, in their order.</summary>
    public ImmutableArray<OnnxNode> Nodes()
    {
        ImmutableArray<OnnxNode>.Builder nodes = ImmutableArray.CreateBuilder<OnnxNode>();
        ProtobufReader graph = Graph();
        while (graph.Next())
        {
            if (graph.Field == OnnxFields.GraphNode)
            {
                ProtobufReader node = graph.Message();
                nodes.Add(OnnxNode.Read(node, new ByteRange(node.Position, graph.Position - node.Position)));
            }
            else
            {
                graph.Skip();
            }
        }

        return nodes.DrainToImmutable();
    }

    /// <summary>The names of all its initializers.</summary>
    public HashSet<string> InitializerNames()
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        ProtobufReader graph = Graph();
        while (graph.Next())
        {
            if (graph.Field == OnnxFields.GraphInitializer)
            {
                ProtobufReader message = graph.Message();
                names.Add(TensorHeader.Read(message, new ByteRange(message.Position, graph.Position - message.Position)).ReadName());
            }
            else
            {
                graph.Skip();
            }
        }

        return names;
    }

    /// <summary>How often a value is read: by nodes, those of graphs inside them too, and as an output of a graph.</summary>
    public int CountUses(string value) => CountUses(Graph(), Encoding.UTF8.GetBytes(value));

    private static int CountUses(ProtobufReader graph, ReadOnlySpan<byte> value)
    {
        int count = 0;
        while (graph.Next())
        {
            if (graph.Field == OnnxFields.GraphNode)
            {
                count += CountUsesByNode(graph.Message(), value);
            }
            else if (graph.Field == OnnxFields.GraphOutput)
            {
                count += HasText(graph.Message(), OnnxFields.ValueInfoName, value) ? 1 : 0;
            }
            else
            {
                graph.Skip();
            }
        }

        return count;
    }

    private static int CountUsesByNode(ProtobufReader node, ReadOnlySpan<byte> value)
    {
        int count = 0;
        while (node.Next())
        {
            if (node.Field == OnnxFields.NodeInput)
            {
                count += node.Slice(node.Bytes()).SequenceEqual(value) ? 1 : 0;
                continue;
            }

            if (node.Field != OnnxFields.NodeAttribute)
            {
                node.Skip();
                continue;
            }

            ProtobufReader attribute = node.Message();
            while (attribute.Next())
            {
                if (attribute.Field is OnnxFields.AttributeGraph or OnnxFields.AttributeGraphs)
                {
                    count += CountUses(attribute.Message(), value);
                }
                else
                {
                    attribute.Skip();
                }
            }
        }

        return count;
    }

    private static bool HasText(ProtobufReader message, int field, ReadOnlySpan<byte> text)
    {
        while (message.Next())
        {
            ProtobufReader value = message;
            message.Skip();
            if (value.Field == field && value.Slice(value.Bytes()).SequenceEqual(text))
            {
                return true;
            }
        }

        return false;
    }

    private ProtobufReader Graph()
    {
        ProtobufReader reader = new(model.Span);
        while (reader.Next())
        {
            if (reader.Field == OnnxFields.ModelGraph)
            {
                return reader.Message();
            }

            reader.Skip();
        }

        throw new OnnxFormatException("The model has no graph.", model.Length);
    }
}
