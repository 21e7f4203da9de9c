namespace Oml.Sdk.Metering.Receipts.Tree;

/// <summary>The hashes of RFC 9162 §2.1.1. Thread-safe.</summary>
internal static class MerkleHash
{
    /// <summary>The root of a tree without leaves.</summary>
    public static ReceiptHash Empty { get; } = ReceiptHash.Compute([]);

    /// <param name="entry">At most <see cref="Receipt.MaxEncodedBytes"/> bytes.</param>
    public static ReceiptHash Leaf(ReadOnlySpan<byte> entry)
    {
        Span<byte> prefixed = stackalloc byte[1 + Receipt.MaxEncodedBytes];
        prefixed[0] = 0;
        entry.CopyTo(prefixed[1..]);
        return ReceiptHash.Compute(prefixed[..(1 + entry.Length)]);
    }

    public static ReceiptHash Node(ReceiptHash left, ReceiptHash right)
    {
        Span<byte> prefixed = stackalloc byte[1 + (2 * ReceiptHash.Size)];
        prefixed[0] = 1;
        left.CopyTo(prefixed[1..]);
        right.CopyTo(prefixed[(1 + ReceiptHash.Size)..]);
        return ReceiptHash.Compute(prefixed);
    }

    /// <summary>The root over 2^k hashes of one height.</summary>
    /// <param name="hashes">32 bytes each.</param>
    public static ReceiptHash Perfect(ReadOnlySpan<byte> hashes)
    {
        if (hashes.Length == ReceiptHash.Size)
        {
            return new ReceiptHash(hashes);
        }

        int half = hashes.Length / 2;
        return Node(Perfect(hashes[..half]), Perfect(hashes[half..]));
    }
}
