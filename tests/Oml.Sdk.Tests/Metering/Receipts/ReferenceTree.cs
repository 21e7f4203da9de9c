using System.Security.Cryptography;
using Oml.Sdk.Metering.Receipts;

namespace Oml.Sdk.Tests.Metering.Receipts;

/// <summary>RFC 9162 §2.1, as it is written: over all leaves, without anything stored.</summary>
internal static class ReferenceTree
{
    public static ReceiptHash Leaf(ReadOnlySpan<byte> entry) => new(SHA256.HashData([0, .. entry]));

    public static ReceiptHash Root(ReadOnlySpan<ReceiptHash> leaves)
    {
        if (leaves.Length < 2)
        {
            return leaves.IsEmpty ? new ReceiptHash(SHA256.HashData([])) : leaves[0];
        }

        int split = Split(leaves.Length);
        return Node(Root(leaves[..split]), Root(leaves[split..]));
    }

    public static ReceiptHash[] Inclusion(int index, ReadOnlySpan<ReceiptHash> leaves)
    {
        if (leaves.Length == 1)
        {
            return [];
        }

        int split = Split(leaves.Length);
        return index < split
            ? [.. Inclusion(index, leaves[..split]), Root(leaves[split..])]
            : [.. Inclusion(index - split, leaves[split..]), Root(leaves[..split])];
    }

    public static ReceiptHash[] Consistency(int from, ReadOnlySpan<ReceiptHash> leaves) =>
        from == 0 || from == leaves.Length ? [] : SubProof(from, leaves, isWhole: true);

    private static ReceiptHash[] SubProof(int from, ReadOnlySpan<ReceiptHash> leaves, bool isWhole)
    {
        if (from == leaves.Length)
        {
            return isWhole ? [] : [Root(leaves)];
        }

        int split = Split(leaves.Length);
        return from <= split
            ? [.. SubProof(from, leaves[..split], isWhole), Root(leaves[split..])]
            : [.. SubProof(from - split, leaves[split..], isWhole: false), Root(leaves[..split])];
    }

    private static ReceiptHash Node(ReceiptHash left, ReceiptHash right) => new(SHA256.HashData([1, .. left.ToArray(), .. right.ToArray()]));

    private static int Split(int count)
    {
        int split = 1;
        while (2 * split < count)
        {
            split *= 2;
        }

        return split;
    }
}
