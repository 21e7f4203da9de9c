using System.Collections.Immutable;

namespace Oml.Sdk.Sealing.Onnx;

/// <summary>Goes through a graph, its nodes and the graphs inside them.</summary>
internal sealed class OnnxGraphWalker(TensorCollector tensors)
{
    private readonly ImmutableArray<string>.Builder _inputs = ImmutableArray.CreateBuilder<string>();
    private readonly ImmutableArray<string>.Builder _outputs = ImmutableArray.CreateBuilder<string>();
    private readonly ImmutableArray<string>.Builder _epContexts = ImmutableArray.CreateBuilder<string>();
    private readonly ImmutableArray<string>.Builder _foreignEpContexts = ImmutableArray.CreateBuilder<string>();

    public ImmutableArray<string> TakeInputs() => _inputs.DrainToImmutable();

    public ImmutableArray<string> TakeOutputs() => _outputs.DrainToImmutable();

    public ImmutableArray<string> TakeEpContexts() => _epContexts.DrainToImmutable();

    public ImmutableArray<string> TakeForeignEpContexts() => _foreignEpContexts.DrainToImmutable();

    public void Graph(ProtobufReader reader, bool isTopLevel)
    {
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case OnnxFields.GraphNode:
                    Node(reader.Message());
                    break;
                case OnnxFields.GraphInitializer:
                    Tensor(ref reader, isTopLevel);
                    break;
                case OnnxFields.GraphSparseInitializer:
                    SparseTensor(reader.Message());
                    break;
                case OnnxFields.GraphInput when isTopLevel:
                    _inputs.Add(ValueName(reader.Message(), reader.FieldStart));
                    break;
                case OnnxFields.GraphOutput when isTopLevel:
                    _outputs.Add(ValueName(reader.Message(), reader.FieldStart));
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    public void Function(ProtobufReader reader)
    {
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case OnnxFields.FunctionNode:
                    Node(reader.Message());
                    break;
                case OnnxFields.FunctionAttributeProto:
                    Attribute(reader.Message());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    private void Node(ProtobufReader reader)
    {
        ByteRange? name = null;
        bool isEpContext = false;
        bool isForeign = false;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case OnnxFields.NodeName:
                    reader.Once("The name of a node");
                    name = reader.Bytes();
                    break;
                case OnnxFields.NodeOpType:
                    reader.Once("The operator of a node");
                    isEpContext = reader.Slice(reader.Bytes()).SequenceEqual("EPContext"u8);
                    break;
                case OnnxFields.NodeAttribute:
                    isForeign |= Attribute(reader.Message());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (isEpContext)
        {
            string node = name is { Length: > 0 } text ? reader.TextAt(text) : "(unnamed)";
            _epContexts.Add(node);
            if (isForeign)
            {
                _foreignEpContexts.Add(node);
            }
        }
    }

    // Whatever type the attribute declares: what it holds is looked at. True for an embed_mode other than 1, which is what it is when a node
    // has none: such a node's blob is in a file.
    private bool Attribute(ProtobufReader reader)
    {
        bool isEmbedMode = false;
        bool isOne = false;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case OnnxFields.AttributeName:
                    isEmbedMode = reader.Slice(reader.Bytes()).SequenceEqual("embed_mode"u8);
                    break;
                case OnnxFields.AttributeInt when reader.WireType == ProtobufWireType.Varint:
                    isOne = reader.Varint() == 1;
                    break;
                case OnnxFields.AttributeTensor:
                    reader.Once("The tensor of an attribute");
                    Tensor(ref reader, false);
                    break;
                case OnnxFields.AttributeTensors:
                    Tensor(ref reader, false);
                    break;
                case OnnxFields.AttributeGraph:
                    reader.Once("The graph of an attribute");
                    Graph(reader.Message(), false);
                    break;
                case OnnxFields.AttributeGraphs:
                    Graph(reader.Message(), false);
                    break;
                case OnnxFields.AttributeSparseTensor:
                    reader.Once("The sparse tensor of an attribute");
                    SparseTensor(reader.Message());
                    break;
                case OnnxFields.AttributeSparseTensors:
                    SparseTensor(reader.Message());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return isEmbedMode && !isOne;
    }

    private void SparseTensor(ProtobufReader reader)
    {
        while (reader.Next())
        {
            if (reader.Field is OnnxFields.SparseValues or OnnxFields.SparseIndices)
            {
                reader.Once("A part of a sparse tensor");
                Tensor(ref reader, false);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private void Tensor(ref ProtobufReader reader, bool isTopLevelInitializer)
    {
        ProtobufReader message = reader.Message();
        TensorHeader header = TensorHeader.Read(message, new ByteRange(message.Position, reader.Position - message.Position));
        tensors.Add(in header, isTopLevelInitializer);
    }

    private static string ValueName(ProtobufReader reader, int start)
    {
        string name = string.Empty;
        while (reader.Next())
        {
            if (reader.Field == OnnxFields.ValueInfoName)
            {
                reader.Once("The name of an input or output");
                name = reader.Text();
            }
            else
            {
                reader.Skip();
            }
        }

        return name.Length > 0 ? name : throw new OnnxFormatException("An input or output of the graph has no name.", start);
    }
}
