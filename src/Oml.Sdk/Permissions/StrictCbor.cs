using System.Formats.Cbor;

namespace Oml.Sdk.Permissions;

/// <summary>Reads deterministic CBOR (RFC 8949 §4.2.1) without copying.</summary>
/// <remarks>
/// The CTAP2 mode of the platform's reader refuses indefinite lengths, long forms of integers and lengths, unsorted and duplicate
/// keys, tags, and text that is not UTF-8. Its order of keys is the bytewise one for keys that are integers or text.
/// </remarks>
internal static class StrictCbor
{
    public static CborReader Open(ReadOnlyMemory<byte> bytes) => new(bytes, CborConformanceMode.Ctap2Canonical);

    /// <summary>Whether an error is the reader's way to say that the bytes are wrong.</summary>
    public static bool IsMalformed(Exception exception) =>
        exception is CborContentException or InvalidOperationException or OverflowException;

    /// <summary>Reads an integer key of a map; null for a key of text, which is skipped.</summary>
    public static Int128? ReadLabel(CborReader reader)
    {
        switch (reader.PeekState())
        {
            case CborReaderState.UnsignedInteger:
                return reader.ReadUInt64();
            case CborReaderState.NegativeInteger:
                return -1 - (Int128)reader.ReadCborNegativeIntegerRepresentation();
            default:
                reader.ReadDefiniteLengthTextStringBytes();
                return null;
        }
    }

    /// <summary>The label as a number that a switch can compare; 0, which no label has, when it is text or beyond 64 bits.</summary>
    /// <remarks>A plain cast would take -2^64 + 1 for 1.</remarks>
    public static long Narrow(Int128? label) => label is { } value && value >= long.MinValue && value <= long.MaxValue ? (long)value : 0;

    public static ReadOnlyMemory<byte> ReadBytes(CborReader reader, int exactLength)
    {
        ReadOnlyMemory<byte> bytes = reader.ReadDefiniteLengthByteString();
        return bytes.Length == exactLength ? bytes : throw new MalformedTokenException($"it is not {exactLength} bytes long");
    }

    public static string ReadText(CborReader reader, int maxBytes) =>
        ClaimText.TryRead(reader.ReadDefiniteLengthTextStringBytes().Span, maxBytes, out string? text)
            ? text
            : throw new MalformedTokenException($"it is not 1 to {maxBytes} bytes of UTF-8 without control characters");

    public static long ReadInteger(CborReader reader, long least, long greatest)
    {
        ulong value = reader.ReadUInt64();
        return value <= (ulong)greatest && value >= (ulong)least
            ? (long)value
            : throw new MalformedTokenException($"it is not {least} to {greatest}");
    }

    /// <summary>Skips a value of any type that does not nest deeper than <see cref="PermissionLimits.MaxSkippedDepth"/>.</summary>
    public static void Skip(CborReader reader)
    {
        int start = reader.CurrentDepth;
        do
        {
            switch (reader.PeekState())
            {
                case CborReaderState.StartArray:
                    reader.ReadStartArray();
                    break;
                case CborReaderState.StartMap:
                    reader.ReadStartMap();
                    break;
                case CborReaderState.EndArray:
                    reader.ReadEndArray();
                    break;
                case CborReaderState.EndMap:
                    reader.ReadEndMap();
                    break;
                default:
                    reader.SkipValue();
                    break;
            }

            if (reader.CurrentDepth - start > PermissionLimits.MaxSkippedDepth)
            {
                throw new MalformedTokenException($"it nests deeper than {PermissionLimits.MaxSkippedDepth}");
            }
        }
        while (reader.CurrentDepth > start);
    }
}
