using System.Formats.Cbor;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering.Receipts.Wire;

/// <summary>What the formats of receipts have in common: maps with small integer keys, hashes, and one format number.</summary>
internal static class ReceiptCbor
{
    public const int Format = 1;

    public static CborWriter Begin()
    {
        CborWriter writer = new(CborConformanceMode.Ctap2Canonical, convertIndefiniteLengthEncodings: true);
        writer.WriteStartMap(null);
        return writer;
    }

    public static byte[] End(CborWriter writer)
    {
        writer.WriteEndMap();
        return writer.Encode();
    }

    public static void Number(CborWriter writer, int label, long? value)
    {
        if (value is { } number)
        {
            writer.WriteInt32(label);
            writer.WriteInt64(number);
        }
    }

    public static void Text(CborWriter writer, int label, string value)
    {
        writer.WriteInt32(label);
        writer.WriteTextString(value);
    }

    public static void Bytes(CborWriter writer, int label, ReadOnlySpan<byte> value)
    {
        writer.WriteInt32(label);
        writer.WriteByteString(value);
    }

    public static void Hash(CborWriter writer, int label, ReceiptHash? value)
    {
        if (value is { } hash)
        {
            writer.WriteInt32(label);
            Hash(writer, hash);
        }
    }

    public static void Hash(CborWriter writer, ReceiptHash hash)
    {
        Span<byte> bytes = stackalloc byte[ReceiptHash.Size];
        hash.CopyTo(bytes);
        writer.WriteByteString(bytes);
    }

    public static ReceiptHash ReadHash(CborReader reader) => new(StrictCbor.ReadBytes(reader, ReceiptHash.Size).Span);

    /// <summary>Reads bytes of at most a length, without copying.</summary>
    public static ReadOnlyMemory<byte> ReadBytes(CborReader reader, int maxBytes)
    {
        ReadOnlyMemory<byte> bytes = reader.ReadDefiniteLengthByteString();
        Require(bytes.Length <= maxBytes, $"it holds more than {maxBytes} bytes");
        return bytes;
    }

    public static DateTimeOffset ReadTime(CborReader reader) =>
        DateTimeOffset.FromUnixTimeSeconds(StrictCbor.ReadInteger(reader, 0, PermissionLimits.MaxUnixSeconds));

    /// <summary>Reads a map: the format, and whatever else <paramref name="readValue"/> knows the label of.</summary>
    /// <exception cref="MalformedTokenException">The bytes have another form.</exception>
    public static void ReadMap(ReadOnlyMemory<byte> bytes, Func<CborReader, long, bool> readValue)
    {
        try
        {
            CborReader reader = StrictCbor.Open(bytes);
            bool isVersioned = false;
            int? count = reader.ReadStartMap();
            for (int i = 0; i < count; i++)
            {
                long label = StrictCbor.Narrow(StrictCbor.ReadLabel(reader));
                if (label == Format)
                {
                    StrictCbor.ReadInteger(reader, Format, Format);
                    isVersioned = true;
                }
                else if (!readValue(reader, label))
                {
                    throw new MalformedTokenException("it has a key that this version does not know");
                }
            }

            reader.ReadEndMap();
            Require(reader.BytesRemaining == 0, "bytes follow its end");
            Require(isVersioned, "it lacks the format");
        }
        catch (Exception error) when (StrictCbor.IsMalformed(error))
        {
            throw new MalformedTokenException("it is truncated or not deterministic CBOR");
        }
    }

    public static T Given<T>(T? value, string what)
        where T : class => value ?? throw new MalformedTokenException($"it lacks {what}");

    public static T Given<T>(T? value, string what)
        where T : struct => value ?? throw new MalformedTokenException($"it lacks {what}");

    public static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new MalformedTokenException(otherwise);
        }
    }
}
