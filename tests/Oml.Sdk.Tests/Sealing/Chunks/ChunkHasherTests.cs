using System.Security.Cryptography;
using Oml.Sdk.Sealing.Chunks;

namespace Oml.Sdk.Tests.Sealing.Chunks;

public sealed class ChunkHasherTests
{
    [Fact]
    public void The_root_is_the_one_that_RFC_9162_defines()
    {
        using ChunkHasher hasher = new();
        for (int count = 1; count <= 300; count++)
        {
            byte[][] leaves = [.. Enumerable.Range(0, count).Select(i => SHA256.HashData([0, (byte)i, (byte)(i >> 8)]))];
            byte[] root = new byte[ChunkHasher.HashSize];

            hasher.Root([.. leaves.SelectMany(leaf => leaf)], root);

            root.Should().Equal(Reference(leaves), "a tree of {0} leaves has one root", count);
        }
    }

    [Fact]
    public void The_root_over_the_roots_of_segments_is_the_root_over_all_leaves()
    {
        using ChunkHasher hasher = new();
        foreach (int count in (int[])[1, 63, 64, 65, 127, 128, 129, 191, 192, 193, 1000, 4096, 5000])
        {
            byte[][] leaves = [.. Enumerable.Range(0, count).Select(i => SHA256.HashData(BitConverter.GetBytes(i)))];
            byte[] roots = [.. leaves.Chunk(Segments.Chunks).SelectMany(Reference)];
            byte[] root = new byte[ChunkHasher.HashSize];

            hasher.Root(roots, root);

            root.Should().Equal(Reference(leaves), "{0} chunks have one root", count);
        }
    }

    [Fact]
    public void A_leaf_is_not_a_node()
    {
        using ChunkHasher hasher = new();
        byte[] hash = new byte[ChunkHasher.HashSize];

        hasher.Leaf([1, 2, 3], hash);

        hash.Should().Equal(SHA256.HashData([0, 1, 2, 3]));
    }

    // RFC 9162 §2.1.1, as it is written.
    private static byte[] Reference(byte[][] leaves)
    {
        if (leaves.Length == 1)
        {
            return leaves[0];
        }

        int split = 1;
        while (2 * split < leaves.Length)
        {
            split *= 2;
        }

        return SHA256.HashData([1, .. Reference(leaves[..split]), .. Reference(leaves[split..])]);
    }
}
