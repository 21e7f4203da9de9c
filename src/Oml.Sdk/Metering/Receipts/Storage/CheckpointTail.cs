using System.Buffers.Binary;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering.Receipts.Storage;

/// <summary>Tells what a crash or a power cut leaves of the checkpoint that was being written from damage.</summary>
/// <remarks>
/// One checkpoint is written at a time and waited for, so no more than one is unfinished, and nobody was told of it. The file can be shorter than
/// it, or as long with zeros for what did not come to the disk: all of it, its end, or a sector.
/// </remarks>
internal static class CheckpointTail
{
    private const int SectorBytes = 512;

    // More than the end of a good signature has.
    private const int LeastZeros = 16;

    /// <summary>Whether the bytes after the last good checkpoint of a file are one that was not finished.</summary>
    /// <param name="tail">The bytes.</param>
    /// <param name="offset">Where in the file they begin.</param>
    /// <param name="key">The host's key.</param>
    public static bool IsUnfinished(ReadOnlyMemory<byte> tail, long offset, IssuerPublicKey key)
    {
        if (tail.Length > Bundle.PrefixBytes + ReceiptCheckpoint.MaxEncodedBytes)
        {
            return false;
        }

        if (LacksLength(tail, offset, key))
        {
            return true;
        }

        if (HoldsCheckpoint(tail, key))
        {
            return false;
        }

        ReadOnlySpan<byte> bytes = tail.Span;
        int written = bytes.LastIndexOfAnyExcept((byte)0) + 1;
        if (written < Bundle.PrefixBytes)
        {
            return true;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (length == 0)
        {
            long zerosEnd = offset + bytes.IndexOfAnyExcept((byte)0);
            return zerosEnd / SectorBytes > offset / SectorBytes;
        }

        int whole = Bundle.PrefixBytes + length;
        return length <= ReceiptCheckpoint.MaxEncodedBytes
            && (bytes.Length < whole || (bytes.Length == whole && LacksEndOrSector(bytes, offset, written)));
    }

    // The length is the last of a sector, or lies across its end, and one of the two sectors is not there.
    private static bool LacksLength(ReadOnlyMemory<byte> tail, long offset, IssuerPublicKey key)
    {
        int inFirst = (int)(SectorBytes - (offset % SectorBytes));
        ReadOnlySpan<byte> bytes = tail.Span;
        if (inFirst > Bundle.PrefixBytes || bytes.Length <= Bundle.PrefixBytes)
        {
            return false;
        }

        if (!bytes[..inFirst].ContainsAnyExcept((byte)0))
        {
            return BinaryPrimitives.ReadUInt16BigEndian(bytes) != bytes.Length - Bundle.PrefixBytes && Reads(tail[Bundle.PrefixBytes..], key);
        }

        return inFirst < Bundle.PrefixBytes && bytes.Length >= inFirst + SectorBytes
            && !bytes.Slice(inFirst, SectorBytes).ContainsAnyExcept((byte)0);
    }

    private static bool LacksEndOrSector(ReadOnlySpan<byte> bytes, long offset, int written)
    {
        long lastSector = (offset + bytes.Length - 1) / SectorBytes * SectorBytes;
        if (bytes.Length - written >= LeastZeros || (written < bytes.Length && offset + written <= lastSector))
        {
            return true;
        }

        for (int at = (int)(SectorBytes - (offset % SectorBytes)); at + SectorBytes <= bytes.Length; at += SectorBytes)
        {
            if (!bytes.Slice(at, SectorBytes).ContainsAnyExcept((byte)0))
            {
                return true;
            }
        }

        return false;
    }

    // What follows a damaged place, or has a damaged length before it, was written and waited for.
    private static bool HoldsCheckpoint(ReadOnlyMemory<byte> tail, IssuerPublicKey key)
    {
        for (int at = 0; at + Bundle.PrefixBytes < tail.Length; at++)
        {
            int start = at + Bundle.PrefixBytes;
            int length = BinaryPrimitives.ReadUInt16BigEndian(tail.Span[at..]);
            if (length != 0 && start + length <= tail.Length && Reads(tail.Slice(start, length), key))
            {
                return true;
            }
        }

        return tail.Length > Bundle.PrefixBytes && Reads(tail[Bundle.PrefixBytes..], key);
    }

    private static bool Reads(ReadOnlyMemory<byte> record, IssuerPublicKey key) =>
        ReceiptCheckpoint.TryRead(record, key, out _) == ReceiptLogFault.None;
}
