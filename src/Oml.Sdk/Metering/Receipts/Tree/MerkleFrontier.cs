using System.Numerics;

namespace Oml.Sdk.Metering.Receipts.Tree;

/// <summary>
/// A growing tree of which only the roots of its largest perfect subtrees are kept: at most 63 hashes, however many leaves. For one
/// thread at a time.
/// </summary>
internal sealed class MerkleFrontier
{
    private readonly List<ReceiptHash> _subtrees = [];

    public MerkleFrontier()
    {
    }

    /// <summary>Continues a tree.</summary>
    /// <param name="size">How many leaves it has.</param>
    /// <param name="subtree">Finds the root of the perfect subtree of a height and an index among those of that height.</param>
    public MerkleFrontier(long size, Func<int, long, ReceiptHash> subtree)
    {
        Size = size;
        for (int height = 62; height >= 0; height--)
        {
            if ((size >> height & 1) != 0)
            {
                _subtrees.Add(subtree(height, (size >> height) - 1));
            }
        }
    }

    public long Size { get; private set; }

    public void Append(ReceiptHash leaf)
    {
        ReceiptHash hash = leaf;
        for (int merges = BitOperations.TrailingZeroCount(~Size); merges > 0; merges--)
        {
            hash = MerkleHash.Node(_subtrees[^1], hash);
            _subtrees.RemoveAt(_subtrees.Count - 1);
        }

        _subtrees.Add(hash);
        Size++;
    }

    public ReceiptHash Root()
    {
        if (_subtrees.Count == 0)
        {
            return MerkleHash.Empty;
        }

        ReceiptHash root = _subtrees[^1];
        for (int i = _subtrees.Count - 2; i >= 0; i--)
        {
            root = MerkleHash.Node(_subtrees[i], root);
        }

        return root;
    }
}
