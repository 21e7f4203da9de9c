using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Metering.Receipts.Tree;

namespace Oml.Sdk.Tests.Metering.Receipts;

public sealed class MerkleTreeTests
{
    private const int AllSizesUpTo = 200;

    private static readonly ReceiptHash[] Leaves = [.. Enumerable.Range(0, 5000).Select(i => ReferenceTree.Leaf(BitConverter.GetBytes(i)))];

    // The roots of all perfect subtrees, by height and index, each computed once.
    private static readonly ReceiptHash[][] Subtrees = [.. Heights()];

    private readonly MerkleTree _tree = new((height, index) => Subtrees[height][index]);

    [Fact]
    public void Every_inclusion_proof_up_to_200_leaves_is_that_of_RFC_9162_and_holds()
    {
        for (int size = 1; size <= AllSizesUpTo; size++)
        {
            ReceiptHash root = ReferenceTree.Root(Leaves.AsSpan(0, size));
            for (int index = 0; index < size; index++)
            {
                ReceiptHash[] expected = ReferenceTree.Inclusion(index, Leaves.AsSpan(0, size));

                Assert.Equal(expected, _tree.Inclusion(index, size));
                Assert.True(MerkleProof.VerifyInclusion(Leaves[index], index, size, expected, root));
            }
        }
    }

    [Fact]
    public void Every_consistency_proof_up_to_200_leaves_is_that_of_RFC_9162_and_holds()
    {
        for (int to = 0; to <= AllSizesUpTo; to++)
        {
            ReceiptHash toRoot = ReferenceTree.Root(Leaves.AsSpan(0, to));
            for (int from = 0; from <= to; from++)
            {
                ReceiptHash fromRoot = ReferenceTree.Root(Leaves.AsSpan(0, from));
                ReceiptHash[] expected = ReferenceTree.Consistency(from, Leaves.AsSpan(0, to));

                Assert.Equal(expected, _tree.Consistency(from, to));
                Assert.True(MerkleProof.VerifyConsistency(from, fromRoot, to, toRoot, expected));
            }
        }
    }

    [Fact]
    public void The_proofs_of_larger_trees_are_those_of_RFC_9162_and_hold()
    {
        Random random = new(7);
        for (int round = 0; round < 60; round++)
        {
            int size = random.Next(AllSizesUpTo, Leaves.Length);
            int index = random.Next(size);
            ReceiptHash root = ReferenceTree.Root(Leaves.AsSpan(0, size));
            ReceiptHash smaller = ReferenceTree.Root(Leaves.AsSpan(0, index));

            _tree.Root(size).Should().Be(root);
            _tree.Inclusion(index, size).Should().Equal(ReferenceTree.Inclusion(index, Leaves.AsSpan(0, size)));
            _tree.Consistency(index, size).Should().Equal(ReferenceTree.Consistency(index, Leaves.AsSpan(0, size)));
            MerkleProof.VerifyInclusion(Leaves[index], index, size, _tree.Inclusion(index, size).AsSpan(), root).Should().BeTrue();
            MerkleProof.VerifyConsistency(index, smaller, size, root, _tree.Consistency(index, size).AsSpan()).Should().BeTrue();
        }
    }

    [Fact]
    public void No_changed_inclusion_proof_holds()
    {
        for (int size = 1; size <= 40; size++)
        {
            ReceiptHash root = ReferenceTree.Root(Leaves.AsSpan(0, size));
            for (int index = 0; index < size; index++)
            {
                ReceiptHash[] path = ReferenceTree.Inclusion(index, Leaves.AsSpan(0, size));
                Assert.All(Changed(path), changed => Assert.False(MerkleProof.VerifyInclusion(Leaves[index], index, size, changed, root)));
                Assert.False(MerkleProof.VerifyInclusion(Leaves[index], index, size, path, Leaves[^1]));
                for (int other = -1; other <= size; other++)
                {
                    Assert.Equal(other == index, MerkleProof.VerifyInclusion(Leaves[index], other, size, path, root));
                }
            }
        }
    }

    [Fact]
    public void No_changed_consistency_proof_holds()
    {
        for (int to = 1; to <= 40; to++)
        {
            ReceiptHash toRoot = ReferenceTree.Root(Leaves.AsSpan(0, to));
            for (int from = 0; from <= to; from++)
            {
                ReceiptHash fromRoot = ReferenceTree.Root(Leaves.AsSpan(0, from));
                ReceiptHash[] path = ReferenceTree.Consistency(from, Leaves.AsSpan(0, to));
                Assert.All(Changed(path), changed => Assert.False(MerkleProof.VerifyConsistency(from, fromRoot, to, toRoot, changed)));
                Assert.False(MerkleProof.VerifyConsistency(from, Leaves[^1], to, toRoot, path));
                Assert.False(MerkleProof.VerifyConsistency(to + 1, fromRoot, to, toRoot, path));
            }
        }
    }

    [Fact]
    public void A_frontier_has_the_root_of_all_leaves_wherever_it_continues()
    {
        for (int size = 0; size <= AllSizesUpTo; size++)
        {
            MerkleFrontier frontier = new(size, (height, index) => Subtrees[height][index]);
            for (int next = size; next < size + 5; next++)
            {
                Assert.Equal(ReferenceTree.Root(Leaves.AsSpan(0, next)), frontier.Root());
                frontier.Append(Leaves[next]);
            }
        }
    }

    private static IEnumerable<ReceiptHash[]> Changed(ReceiptHash[] path)
    {
        yield return [.. path, Leaves[^1]];
        yield return [Leaves[^1], .. path];
        for (int i = 0; i < path.Length; i++)
        {
            ReceiptHash[] changed = [.. path];
            changed[i] = Leaves[^1];
            yield return changed;
            yield return [.. path[..i], .. path[(i + 1)..]];
        }
    }

    private static IEnumerable<ReceiptHash[]> Heights()
    {
        ReceiptHash[] level = Leaves;
        while (level.Length > 0)
        {
            yield return level;
            level = [.. level.Chunk(2).Where(pair => pair.Length == 2).Select(pair => MerkleHash.Node(pair[0], pair[1]))];
        }
    }
}
