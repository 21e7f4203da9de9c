using System.Collections.Immutable;
using System.Numerics;

namespace Oml.Sdk.Metering.Receipts.Tree;

/// <summary>Roots and proofs of RFC 9162 §2.1 over a tree whose perfect subtrees can be looked up.</summary>
/// <param name="subtree">Finds the root of the perfect subtree of a height and an index among those of that height.</param>
internal sealed class MerkleTree(Func<int, long, ReceiptHash> subtree)
{
    public ReceiptHash Root(long size) => size == 0 ? MerkleHash.Empty : Range(0, size);

    /// <summary>PATH of RFC 9162 §2.1.3.1: from the leaf's neighbour up.</summary>
    public ImmutableArray<ReceiptHash> Inclusion(long index, long size)
    {
        ImmutableArray<ReceiptHash>.Builder path = ImmutableArray.CreateBuilder<ReceiptHash>();
        Walk(0, size);
        return path.ToImmutable();

        void Walk(long start, long count)
        {
            if (count == 1)
            {
                return;
            }

            long split = Split(count);
            if (index < start + split)
            {
                Walk(start, split);
                path.Add(Range(start + split, count - split));
            }
            else
            {
                Walk(start + split, count - split);
                path.Add(Range(start, split));
            }
        }
    }

    /// <summary>PROOF of RFC 9162 §2.1.4.1; empty when one of the trees is empty or both are the same.</summary>
    public ImmutableArray<ReceiptHash> Consistency(long from, long to)
    {
        ImmutableArray<ReceiptHash>.Builder path = ImmutableArray.CreateBuilder<ReceiptHash>();
        if (from > 0 && from < to)
        {
            Walk(0, to, isWhole: true);
        }

        return path.ToImmutable();

        void Walk(long start, long count, bool isWhole)
        {
            long inside = from - start;
            if (inside == count)
            {
                if (!isWhole)
                {
                    path.Add(Range(start, count));
                }

                return;
            }

            long split = Split(count);
            if (inside <= split)
            {
                Walk(start, split, isWhole);
                path.Add(Range(start + split, count - split));
            }
            else
            {
                Walk(start + split, count - split, isWhole: false);
                path.Add(Range(start, split));
            }
        }
    }

    // The start is a multiple of the smallest power of two that is not below the count, as splitting at powers of two keeps it.
    private ReceiptHash Range(long start, long count)
    {
        if (BitOperations.IsPow2(count))
        {
            int height = BitOperations.Log2((ulong)count);
            return subtree(height, start >> height);
        }

        long split = Split(count);
        return MerkleHash.Node(Range(start, split), Range(start + split, count - split));
    }

    // The largest power of two below a count of 2 or more.
    private static long Split(long count) => 1L << BitOperations.Log2((ulong)(count - 1));
}
