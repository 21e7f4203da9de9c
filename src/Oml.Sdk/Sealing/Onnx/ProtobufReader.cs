using System.Text;
using System.Text.Unicode;

namespace Oml.Sdk.Sealing.Onnx;

/// <summary>Walks the fields of one protocol-buffer message where it lies; positions count from the start of the model.</summary>
/// <remarks>
/// Stricter than the parsers of runtimes on purpose: what two parsers could understand differently, such as a field that may occur
/// once and occurs twice, is refused instead of interpreted.
/// </remarks>
internal ref struct ProtobufReader
{
    /// <summary>How deep messages may nest; the parser of ONNX Runtime allows 100.</summary>
    public const int MaxDepth = 64;

    private const int MaxVarintBytes = 10;
    private const int MaxTagBytes = 5;

    // Ends where the message ends, so that nothing can be read beyond it.
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _depth;
    private uint _seen;

    public ProtobufReader(ReadOnlySpan<byte> model)
        : this(model, new ByteRange(0, model.Length), 0)
    {
    }

    private ProtobufReader(ReadOnlySpan<byte> bytes, ByteRange range, int depth)
    {
        _bytes = bytes[..range.End];
        _depth = depth;
        Position = range.Start;
    }

    /// <summary>The next byte to read.</summary>
    public int Position { get; private set; }

    /// <summary>The number of the field that was entered last.</summary>
    public int Field { get; private set; }

    /// <summary>Where the tag of that field starts.</summary>
    public int FieldStart { get; private set; }

    /// <summary>Where its value starts: for a length-delimited one, with its length.</summary>
    public int ValueStart { get; private set; }

    public ProtobufWireType WireType { get; private set; }

    /// <summary>Enters the next field, whose value must then be read or skipped; false at the end of the message.</summary>
    public bool Next()
    {
        if (Position == _bytes.Length)
        {
            return false;
        }

        FieldStart = Position;
        ulong tag = ReadVarint(MaxTagBytes);
        if (tag > uint.MaxValue || tag >> 3 == 0)
        {
            throw new OnnxFormatException($"There is no field with the number {tag >> 3}.", FieldStart);
        }

        Field = (int)(tag >> 3);
        WireType = (ProtobufWireType)(tag & 7);
        if (WireType is not ProtobufWireType.Varint and not ProtobufWireType.Fixed64
            and not ProtobufWireType.LengthDelimited and not ProtobufWireType.Fixed32)
        {
            throw new OnnxFormatException($"Field {Field} has the wire type {(int)WireType}, which ONNX does not use.", FieldStart);
        }

        ValueStart = Position;
        return true;
    }

    public ulong Varint()
    {
        Require(ProtobufWireType.Varint);
        return ReadVarint(MaxVarintBytes);
    }

    /// <summary>The range of a length-delimited value, which is then behind the reader.</summary>
    public ByteRange Bytes()
    {
        Require(ProtobufWireType.LengthDelimited);
        return ReadBytes();
    }

    /// <summary>A reader of the message that is the value of this field.</summary>
    public ProtobufReader Message()
    {
        ByteRange range = Bytes();
        return _depth < MaxDepth
            ? new ProtobufReader(_bytes, range, _depth + 1)
            : throw new OnnxFormatException($"Messages nest deeper than {MaxDepth}.", FieldStart);
    }

    public string Text() => TextAt(Bytes());

    /// <summary>The text in a range of this message that was read before.</summary>
    public readonly string TextAt(ByteRange range)
    {
        ReadOnlySpan<byte> utf8 = Slice(range);
        return Utf8.IsValid(utf8) ? Encoding.UTF8.GetString(utf8) : throw new OnnxFormatException("A text is not UTF-8.", range.Start);
    }

    public readonly ReadOnlySpan<byte> Slice(ByteRange range) => _bytes.Slice(range.Start, range.Length);

    /// <summary>Reads the values of a repeated integer field, of which this is one occurrence, packed or not.</summary>
    /// <param name="values">Where they go; what does not fit is only counted.</param>
    /// <returns>How many there were.</returns>
    public int Integers(Span<long> values)
    {
        if (WireType != ProtobufWireType.LengthDelimited)
        {
            long single = (long)Varint();
            if (!values.IsEmpty)
            {
                values[0] = single;
            }

            return 1;
        }

        int count = 0;
        ByteRange packed = ReadBytes();
        for (Position = packed.Start; Position < packed.End; count++)
        {
            long value = (long)ReadVarint(MaxVarintBytes);
            if (count < values.Length)
            {
                values[count] = value;
            }
        }

        return Position == packed.End ? count : throw new OnnxFormatException("A packed integer does not end with its field.", packed.End);
    }

    public void Skip()
    {
        switch (WireType)
        {
            case ProtobufWireType.Varint:
                ReadVarint(MaxVarintBytes);
                break;
            case ProtobufWireType.Fixed64:
                SkipFixed(sizeof(ulong));
                break;
            case ProtobufWireType.Fixed32:
                SkipFixed(sizeof(uint));
                break;
            default:
                ReadBytes();
                break;
        }
    }

    /// <summary>Refuses a field that may occur once and occurs again; parsers disagree on what it then means.</summary>
    public void Once(string what)
    {
        uint bit = 1u << Field;
        if ((_seen & bit) != 0)
        {
            throw new OnnxFormatException($"{what} is given twice.", FieldStart);
        }

        _seen |= bit;
    }

    private readonly void Require(ProtobufWireType wireType)
    {
        if (WireType != wireType)
        {
            throw new OnnxFormatException($"Field {Field} has the wire type {WireType}; {wireType} was expected.", FieldStart);
        }
    }

    private ByteRange ReadBytes()
    {
        int start = Position;
        ulong length = ReadVarint(MaxVarintBytes);
        if (length > (ulong)(_bytes.Length - Position))
        {
            throw TooLong(length, start);
        }

        ByteRange range = new(Position, (int)length);
        Position = range.End;
        return range;
    }

    private void SkipFixed(int size)
    {
        if (_bytes.Length - Position < size)
        {
            throw TooLong((ulong)size, Position);
        }

        Position += size;
    }

    private readonly OnnxFormatException TooLong(ulong length, int start) =>
        new($"Field {Field} is {length} bytes long, but only {_bytes.Length - Position} are left.", start);

    private ulong ReadVarint(int maxBytes)
    {
        int start = Position;
        ulong value = 0;
        for (int i = 0; i < maxBytes; i++)
        {
            if (Position == _bytes.Length)
            {
                throw new OnnxFormatException("An integer is cut off.", start);
            }

            byte next = _bytes[Position++];
            if (i == MaxVarintBytes - 1 && next > 1)
            {
                break;
            }

            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new OnnxFormatException(
            maxBytes == MaxTagBytes ? "A field number has more than 32 bits." : "An integer has more than 64 bits.", start);
    }
}
