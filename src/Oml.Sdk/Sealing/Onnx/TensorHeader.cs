using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Oml.Sdk.Sealing.Onnx;

/// <summary>What a tensor says of itself, without its values, its dimensions and the place of its external data.</summary>
/// <remarks>Most tensors need no more than this, so nothing is allocated for it.</remarks>
internal readonly ref struct TensorHeader
{
    private TensorHeader(ProtobufReader start, ByteRange range)
    {
        Start = start;
        Range = range;
    }

    /// <summary>A reader at the start of the message.</summary>
    public ProtobufReader Start { get; }

    public ByteRange Range { get; }

    public ByteRange? Name { get; private init; }

    public int ElementType { get; private init; }

    public int Rank { get; private init; }

    public bool IsExternal { get; private init; }

    public ByteRange? RawData { get; private init; }

    /// <summary>Whether it holds values in a typed list, or only a segment of them.</summary>
    public bool HasTypedValues { get; private init; }

    public static TensorHeader Read(ProtobufReader reader, ByteRange range)
    {
        ProtobufReader start = reader;
        ByteRange? name = null, rawData = null;
        ulong elementType = 0, location = 0;
        int rank = 0;
        bool typed = false;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case OnnxFields.TensorDims:
                    rank += reader.Integers([]);
                    break;
                case OnnxFields.TensorDataType:
                    reader.Once("The element type of a tensor");
                    elementType = Small(reader.Varint(), "an element type", in reader);
                    break;
                case OnnxFields.TensorName:
                    reader.Once("The name of a tensor");
                    name = reader.Bytes();
                    break;
                case OnnxFields.TensorRawData:
                    reader.Once("The raw data of a tensor");
                    rawData = reader.Bytes();
                    break;
                case OnnxFields.TensorDataLocation:
                    reader.Once("The data location of a tensor");
                    location = Small(reader.Varint(), "a data location", in reader);
                    break;
                case OnnxFields.TensorSegment or OnnxFields.TensorFloatData or OnnxFields.TensorInt32Data or OnnxFields.TensorStringData
                    or OnnxFields.TensorInt64Data or OnnxFields.TensorDoubleData or OnnxFields.TensorUInt64Data:
                    typed = true;
                    reader.Skip();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return location <= OnnxFields.DataLocationExternal
            ? new TensorHeader(start, range)
            {
                Name = name,
                ElementType = (int)elementType,
                Rank = rank,
                IsExternal = location == OnnxFields.DataLocationExternal,
                RawData = rawData,
                HasTypedValues = typed,
            }
            : throw new OnnxFormatException($"A tensor has the data location {location}, which does not exist.", range.Start);
    }

    public string ReadName() => Name is { } name ? Start.TextAt(name) : string.Empty;

    public ImmutableArray<long> ReadDims()
    {
        if (Rank == 0)
        {
            return [];
        }

        long[] dims = new long[Rank];
        int count = 0;
        ProtobufReader reader = Start;
        while (reader.Next())
        {
            if (reader.Field == OnnxFields.TensorDims)
            {
                count += reader.Integers(dims.AsSpan(count));
            }
            else
            {
                reader.Skip();
            }
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(dims);
    }

    /// <summary>An error that names the tensor.</summary>
    public OnnxFormatException Fault(string what) =>
        new(Name is { Length: > 0 } ? $"The tensor {OnnxText.Quote(ReadName())} {what}." : $"A tensor without a name {what}.", Range.Start);

    // The parser of runtimes cuts enumerations to 32 bits, so 2^32 + 1 would be 1 to them.
    private static ulong Small(ulong value, string what, in ProtobufReader reader) =>
        value <= int.MaxValue ? value : throw new OnnxFormatException($"The number {value} is not {what}.", reader.FieldStart);
}
