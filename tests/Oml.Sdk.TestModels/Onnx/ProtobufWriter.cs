using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Oml.Sdk.TestModels;

/// <summary>Writes fields in the protocol-buffer wire format, in the order of the calls.</summary>
public sealed class ProtobufWriter
{
    private const int VarintWire = 0;
    private const int LengthWire = 2;
    private const int Fixed32Wire = 5;

    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>What has been written so far.</summary>
    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    /// <summary>Writes an integer; a negative one takes ten bytes, as the format asks.</summary>
    public void Integer(int field, long value)
    {
        Tag(field, VarintWire);
        Varint((ulong)value);
    }

    /// <summary>Writes a 32-bit floating-point number.</summary>
    public void Float(int field, float value)
    {
        Tag(field, Fixed32Wire);
        BinaryPrimitives.WriteSingleLittleEndian(_buffer.GetSpan(sizeof(float)), value);
        _buffer.Advance(sizeof(float));
    }

    /// <summary>Writes bytes with their length before them.</summary>
    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, LengthWire);
        Varint((ulong)value.Length);
        _buffer.Write(value);
    }

    /// <summary>Writes text as UTF-8.</summary>
    public void Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Writes a message: what <paramref name="write"/> puts into the writer it is given.</summary>
    public void Message(int field, Action<ProtobufWriter> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        ProtobufWriter inner = new();
        write(inner);
        Bytes(field, inner.Written);
    }

    /// <summary>Writes a repeated integer field in its packed form; nothing at all when it is empty.</summary>
    public void PackedIntegers(int field, ReadOnlySpan<long> values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        ProtobufWriter inner = new();
        foreach (long value in values)
        {
            inner.Varint((ulong)value);
        }

        Bytes(field, inner.Written);
    }

    private void Tag(int field, int wire) => Varint(((ulong)field << 3) | (uint)wire);

    private void Varint(ulong value)
    {
        Span<byte> span = _buffer.GetSpan(10);
        int length = 0;
        while (value > 0x7f)
        {
            span[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[length++] = (byte)value;
        _buffer.Advance(length);
    }
}
