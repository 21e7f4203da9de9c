using System.Numerics;
using Oml.Sdk.Metering.Receipts.Tree;

namespace Oml.Sdk.Metering.Receipts;

/// <summary>Checks the proofs of a receipt log, with nothing but hashes (RFC 9162 §2.1.3.2, §2.1.4.2). Pure and thread-safe.</summary>
/// <remarks>A proof that is wrong in whatever way gives false; nothing is thrown for it.</remarks>
public static class MerkleProof
{
    /// <summary>Whether a leaf is at an index of a tree.</summary>
    /// <param name="leaf">The leaf's hash: <see cref="Receipt.Hash"/>.</param>
    /// <param name="index">The leaf's index, from 0.</param>
    /// <param name="size">How many leaves the tree has.</param>
    /// <param name="path">The hashes of the proof, from the leaf's neighbour up.</param>
    /// <param name="root">The tree's root.</param>
    /// <returns>Whether the proof holds.</returns>
    public static bool VerifyInclusion(ReceiptHash leaf, long index, long size, ReadOnlySpan<ReceiptHash> path, ReceiptHash root)
    {
        if (index < 0 || index >= size)
        {
            return false;
        }

        long node = index;
        long last = size - 1;
        ReceiptHash hash = leaf;
        foreach (ReceiptHash neighbour in path)
        {
            if (last == 0)
            {
                return false;
            }

            if ((node & 1) != 0 || node == last)
            {
                hash = MerkleHash.Node(neighbour, hash);

                // A lone node at the right edge has no neighbour until it is a right child. It is not node 0: last is not 0.
                int lifted = (node & 1) != 0 ? 0 : BitOperations.TrailingZeroCount(node);
                node >>= lifted;
                last >>= lifted;
            }
            else
            {
                hash = MerkleHash.Node(hash, neighbour);
            }

            node >>= 1;
            last >>= 1;
        }

        return last == 0 && hash == root;
    }

    /// <summary>Whether a tree is the beginning of another one.</summary>
    /// <param name="fromSize">How many leaves the smaller tree has.</param>
    /// <param name="fromRoot">The smaller tree's root.</param>
    /// <param name="toSize">How many leaves the larger tree has.</param>
    /// <param name="toRoot">The larger tree's root.</param>
    /// <param name="path">The hashes of the proof; none when one of the trees is empty or both are the same.</param>
    /// <returns>Whether the proof holds.</returns>
    public static bool VerifyConsistency(
        long fromSize, ReceiptHash fromRoot, long toSize, ReceiptHash toRoot, ReadOnlySpan<ReceiptHash> path)
    {
        if (fromSize < 0 || fromSize > toSize)
        {
            return false;
        }

        if (fromSize == 0 || fromSize == toSize)
        {
            return path.IsEmpty && (fromSize == 0 ? fromRoot == MerkleHash.Empty : fromRoot == toRoot)
                && (toSize != 0 || toRoot == MerkleHash.Empty);
        }

        // A smaller tree that is one perfect subtree is its own first hash, and is left out of the proof.
        bool isPerfect = BitOperations.IsPow2(fromSize);
        if (!isPerfect && path.IsEmpty)
        {
            return false;
        }

        ReceiptHash smaller = isPerfect ? fromRoot : path[0];
        ReceiptHash larger = smaller;
        ReadOnlySpan<ReceiptHash> rest = isPerfect ? path : path[1..];
        int lifted = BitOperations.TrailingZeroCount(~(fromSize - 1));
        long node = (fromSize - 1) >> lifted;
        long last = (toSize - 1) >> lifted;
        foreach (ReceiptHash hash in rest)
        {
            if (last == 0)
            {
                return false;
            }

            if ((node & 1) != 0 || node == last)
            {
                smaller = MerkleHash.Node(hash, smaller);
                larger = MerkleHash.Node(hash, larger);
                int up = (node & 1) != 0 ? 0 : BitOperations.TrailingZeroCount(node);
                node >>= up;
                last >>= up;
            }
            else
            {
                larger = MerkleHash.Node(larger, hash);
            }

            node >>= 1;
            last >>= 1;
        }

        return last == 0 && smaller == fromRoot && larger == toRoot;
    }
}
