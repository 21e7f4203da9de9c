using System.Buffers;
using System.Text;

namespace Oml.Sdk.Sealing.Onnx;

/// <summary>Writes fields in the protocol-buffer wire format.</summary>
internal static class ProtobufFields
{
    private const int MaxVarintBytes = 10;

    public static void WriteVarint(IBufferWriter<byte> writer, ulong value)
    {
        Span<byte> span = writer.GetSpan(MaxVarintBytes);
        int length = 0;
        while (value > 0x7F)
        {
            span[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[length++] = (byte)value;
        writer.Advance(length);
    }

    public static void WriteInteger(IBufferWriter<byte> writer, int field, ulong value)
    {
        WriteTag(writer, field, ProtobufWireType.Varint);
        WriteVarint(writer, value);
    }

    public static void WriteBytes(IBufferWriter<byte> writer, int field, ReadOnlySpan<byte> value)
    {
        WriteLength(writer, field, value.Length);
        writer.Write(value);
    }

    public static void WriteText(IBufferWriter<byte> writer, int field, string value) =>
        WriteBytes(writer, field, Encoding.UTF8.GetBytes(value));

    /// <summary>Writes all of a length-delimited field that comes before its value.</summary>
    public static void WriteLength(IBufferWriter<byte> writer, int field, int length)
    {
        WriteTag(writer, field, ProtobufWireType.LengthDelimited);
        WriteVarint(writer, (ulong)length);
    }

    private static void WriteTag(IBufferWriter<byte> writer, int field, ProtobufWireType wireType) =>
        WriteVarint(writer, ((ulong)field << 3) | (uint)wireType);
}
