using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Oml.Sdk.Sealing.Onnx;

/// <summary>A node of a graph: what it does with which values.</summary>
internal sealed record OnnxNode
{
    /// <summary>Where its message lies in the model.</summary>
    public required ByteRange Range { get; init; }

    public required string Operation { get; init; }

    /// <summary>The domain of the operator; empty for those of ONNX.</summary>
    public required string Domain { get; init; }

    public required ImmutableArray<string> Inputs { get; init; }

    /// <summary>The attribute <c>axis</c>, if it has one.</summary>
    public long? Axis { get; private init; }

    /// <summary>The attribute <c>beta</c>, or 1.</summary>
    public float Beta { get; private init; } = 1;

    /// <summary>Whether it is this operator of ONNX itself.</summary>
    public bool Is(string operation) => Operation == operation && Domain is ("" or "ai.onnx");

    public static OnnxNode Read(ProtobufReader reader, ByteRange range)
    {
        ImmutableArray<string>.Builder inputs = ImmutableArray.CreateBuilder<string>();
        string operation = string.Empty, domain = string.Empty;
        long? axis = null;
        float beta = 1;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case OnnxFields.NodeInput:
                    inputs.Add(reader.Text());
                    break;
                case OnnxFields.NodeOpType:
                    reader.Once("The operator of a node");
                    operation = reader.Text();
                    break;
                case OnnxFields.NodeDomain:
                    reader.Once("The domain of a node");
                    domain = reader.Text();
                    break;
                case OnnxFields.NodeAttribute:
                    ReadAttribute(reader.Message(), ref axis, ref beta);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new OnnxNode { Range = range, Operation = operation, Domain = domain, Inputs = inputs.DrainToImmutable(), Axis = axis, Beta = beta };
    }

    private static void ReadAttribute(ProtobufReader reader, ref long? axis, ref float beta)
    {
        ReadOnlySpan<byte> name = default;
        long? number = null;
        float? real = null;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case OnnxFields.AttributeName:
                    reader.Once("The name of an attribute");
                    name = reader.Slice(reader.Bytes());
                    break;
                case OnnxFields.AttributeInt when reader.WireType == ProtobufWireType.Varint:
                    reader.Once("The number of an attribute");
                    number = (long)reader.Varint();
                    break;
                case OnnxFields.AttributeFloat when reader.WireType == ProtobufWireType.Fixed32:
                    reader.Once("The number of an attribute");
                    reader.Skip();
                    real = MemoryMarshal.Read<float>(reader.Slice(new ByteRange(reader.ValueStart, sizeof(float))));
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (name.SequenceEqual("axis"u8))
        {
            axis = number;
        }
        else if (name.SequenceEqual("beta"u8))
        {
            // A number that is left out of the file is 0.
            beta = real ?? 0;
        }
    }
}
