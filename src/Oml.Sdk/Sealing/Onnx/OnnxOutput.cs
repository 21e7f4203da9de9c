using System.Collections.Immutable;

namespace Oml.Sdk.Sealing.Onnx;

/// <summary>What a model declares of one of its outputs.</summary>
internal sealed record OnnxOutput
{
    public required string Name { get; init; }

    /// <summary>The number of its element type in ONNX; 0 when it is no tensor or its type is not declared.</summary>
    public required int ElementType { get; init; }

    /// <summary>Its dimensions, null for those that are not fixed; null when not even their number is.</summary>
    public required ImmutableArray<long?>? Shape { get; init; }

    public static OnnxOutput Read(ProtobufReader reader)
    {
        string name = string.Empty;
        ulong elementType = 0;
        ImmutableArray<long?>? shape = null;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case OnnxFields.ValueInfoName:
                    reader.Once("The name of an input or output");
                    name = reader.Text();
                    break;
                case OnnxFields.ValueInfoType:
                    reader.Once("The type of an output");
                    ReadType(reader.Message(), ref elementType, ref shape);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new OnnxOutput { Name = name, ElementType = elementType <= int.MaxValue ? (int)elementType : 0, Shape = shape };
    }

    private static void ReadType(ProtobufReader reader, ref ulong elementType, ref ImmutableArray<long?>? shape)
    {
        while (reader.Next())
        {
            if (reader.Field != OnnxFields.TypeTensor)
            {
                reader.Skip();
                continue;
            }

            reader.Once("The tensor type of an output");
            ProtobufReader type = reader.Message();
            while (type.Next())
            {
                switch (type.Field)
                {
                    case OnnxFields.TensorTypeElement:
                        type.Once("The element type of an output");
                        elementType = type.Varint();
                        break;
                    case OnnxFields.TensorTypeShape:
                        type.Once("The shape of an output");
                        shape = ReadShape(type.Message());
                        break;
                    default:
                        type.Skip();
                        break;
                }
            }
        }
    }

    private static ImmutableArray<long?> ReadShape(ProtobufReader reader)
    {
        ImmutableArray<long?>.Builder shape = ImmutableArray.CreateBuilder<long?>();
        while (reader.Next())
        {
            if (reader.Field != OnnxFields.ShapeDim)
            {
                reader.Skip();
                continue;
            }

            long? length = null;
            ProtobufReader dim = reader.Message();
            while (dim.Next())
            {
                if (dim.Field == OnnxFields.DimValue)
                {
                    dim.Once("The length of a dimension");
                    length = (long)dim.Varint();
                }
                else
                {
                    dim.Skip();
                }
            }

            shape.Add(length >= 0 ? length : null);
        }

        return shape.DrainToImmutable();
    }
}
