using System.Collections.Immutable;
using System.Formats.Cbor;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering.Receipts.Wire;

/// <summary>The file of one receipt (docs/spec/receipt.md §6).</summary>
internal static class OfflineReceiptCodec
{
    // The longest receipt, the longest checkpoint, 48 hashes, and room.
    public const int MaxBytes = 16384;

    // A tree of 2^48 leaves is 48 levels high.
    private const int MaxPath = 48;

    private const int ReceiptBytes = 2;
    private const int Index = 3;
    private const int Path = 4;
    private const int Checkpoint = 5;

    public static byte[] Encode(OfflineReceiptParts parts)
    {
        CborWriter writer = ReceiptCbor.Begin();
        ReceiptCbor.Number(writer, ReceiptCbor.Format, ReceiptCbor.Format);
        ReceiptCbor.Bytes(writer, ReceiptBytes, parts.Receipt.Span);
        ReceiptCbor.Number(writer, Index, parts.Index);
        writer.WriteInt32(Path);
        writer.WriteStartArray(parts.Path.Length);
        foreach (ReceiptHash hash in parts.Path)
        {
            ReceiptCbor.Hash(writer, hash);
        }

        writer.WriteEndArray();
        ReceiptCbor.Bytes(writer, Checkpoint, parts.Checkpoint.Span);
        return ReceiptCbor.End(writer);
    }

    /// <exception cref="MalformedTokenException">The bytes have another form.</exception>
    public static OfflineReceiptParts Decode(ReadOnlyMemory<byte> encoded)
    {
        ReadOnlyMemory<byte>? receipt = null, checkpoint = null;
        long? index = null;
        ImmutableArray<ReceiptHash>? path = null;
        ReceiptCbor.ReadMap(encoded, (reader, label) =>
        {
            switch (label)
            {
                case ReceiptBytes:
                    receipt = ReceiptCbor.ReadBytes(reader, Receipt.MaxEncodedBytes);
                    return true;
                case Index:
                    index = StrictCbor.ReadInteger(reader, 0, CheckpointCodec.MaxSize);
                    return true;
                case Path:
                    path = ReadPath(reader);
                    return true;
                case Checkpoint:
                    checkpoint = ReceiptCbor.ReadBytes(reader, CheckpointCodec.MaxSignedBytes);
                    return true;
                default:
                    return false;
            }
        });
        return new OfflineReceiptParts(
            ReceiptCbor.Given(receipt, "the receipt"),
            ReceiptCbor.Given(index, "the index"),
            ReceiptCbor.Given(path, "the path"),
            ReceiptCbor.Given(checkpoint, "the checkpoint"));
    }

    private static ImmutableArray<ReceiptHash> ReadPath(CborReader reader)
    {
        int count = reader.ReadStartArray() ?? throw new MalformedTokenException("its path is of indefinite length");
        ReceiptCbor.Require(count <= MaxPath, $"its path has {count} hashes");
        ImmutableArray<ReceiptHash>.Builder path = ImmutableArray.CreateBuilder<ReceiptHash>(count);
        for (int i = 0; i < count; i++)
        {
            path.Add(ReceiptCbor.ReadHash(reader));
        }

        reader.ReadEndArray();
        return path.MoveToImmutable();
    }
}
