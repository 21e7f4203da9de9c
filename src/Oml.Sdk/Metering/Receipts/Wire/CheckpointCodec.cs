using System.Formats.Cbor;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering.Receipts.Wire;

/// <summary>The payload of a checkpoint (docs/spec/receipt.md §5).</summary>
internal static class CheckpointCodec
{
    // A signature of ML-DSA-87, the longest origin, and room.
    public const int MaxSignedBytes = 8192;

    // 2^48: more receipts than any host signs, and no sum of sizes overflows.
    public const long MaxSize = 1L << 48;

    private const int Origin = 2;
    private const int Size = 3;
    private const int Root = 4;
    private const int Time = 5;

    /// <summary>The media type in <c>typ</c> (RFC 9596).</summary>
    public static ReadOnlySpan<byte> Type => "application/oml-receipt-checkpoint+cbor"u8;

    public static byte[] Encode(string origin, long size, ReceiptHash root, DateTimeOffset time)
    {
        CborWriter writer = ReceiptCbor.Begin();
        ReceiptCbor.Number(writer, ReceiptCbor.Format, ReceiptCbor.Format);
        ReceiptCbor.Text(writer, Origin, origin);
        ReceiptCbor.Number(writer, Size, size);
        ReceiptCbor.Hash(writer, Root, root);
        ReceiptCbor.Number(writer, Time, time.ToUnixTimeSeconds());
        return ReceiptCbor.End(writer);
    }

    /// <exception cref="MalformedTokenException">The payload has another form.</exception>
    public static ReceiptCheckpoint Decode(ReadOnlyMemory<byte> payload, byte[] signed)
    {
        string? origin = null;
        long? size = null;
        ReceiptHash? root = null;
        DateTimeOffset? time = null;
        ReceiptCbor.ReadMap(payload, (reader, label) =>
        {
            switch (label)
            {
                case Origin:
                    origin = StrictCbor.ReadText(reader, PermissionLimits.MaxIssuerBytes);
                    return true;
                case Size:
                    size = StrictCbor.ReadInteger(reader, 0, MaxSize);
                    return true;
                case Root:
                    root = ReceiptCbor.ReadHash(reader);
                    return true;
                case Time:
                    time = ReceiptCbor.ReadTime(reader);
                    return true;
                default:
                    return false;
            }
        });
        return new ReceiptCheckpoint(
            ReceiptCbor.Given(origin, "the origin"),
            ReceiptCbor.Given(size, "the size"),
            ReceiptCbor.Given(root, "the root"),
            ReceiptCbor.Given(time, "the time"),
            signed);
    }
}
