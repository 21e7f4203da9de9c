using System.Security.Cryptography;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Permissions;

public sealed class PermitChainTests
{
    /// <summary>The anchor of the chain of 1000 units whose seed is the bytes 00 to 1f.</summary>
    public const string WorkedAnchor = "45cd0d40a72c806c4b78bbeca7a52d9fa6f25751fea57cf1564e7b70b9519db4";

    private static readonly byte[] Seed = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(1000)]
    public void Every_preimage_is_the_hash_of_the_next_and_the_last_is_the_seed(int length)
    {
        using PermitChain chain = PermitChain.FromSeed(Seed, length);
        byte[] expected = Seed;
        for (int index = length; index >= 1; index--)
        {
            Released(chain, index).Should().Equal(expected);
            expected = SHA256.HashData(expected);
        }

        chain.Anchor.Value.ToArray().Should().Equal(expected);
        chain.Length.Should().Be(length);
    }

    [Fact]
    public void Preimages_are_the_same_in_any_order()
    {
        using PermitChain chain = PermitChain.FromSeed(Seed, 300);
        using PermitChain again = PermitChain.FromSeed(Seed, 300);
        Random random = new(1);
        for (int i = 0; i < 500; i++)
        {
            int index = random.Next(1, 301);
            PermitChain.Verify(chain.Anchor, index, Released(chain, index)).Should().BeTrue();
            Released(again, index).Should().Equal(Released(chain, index));
        }
    }

    [Fact]
    public void The_worked_example_is_what_the_specification_says()
    {
        using PermitChain chain = PermitChain.FromSeed(Seed, 1000);

        Convert.ToHexStringLower(chain.Anchor.Value.Span).Should().Be(WorkedAnchor);
    }

    [Fact]
    public void A_preimage_proves_its_own_unit_and_no_other()
    {
        using PermitChain chain = PermitChain.FromSeed(Seed, 100);
        byte[] preimage = Released(chain, 50);

        PermitChain.Verify(chain.Anchor, 50, preimage).Should().BeTrue();
        foreach (long other in (long[])[-1, 0, 1, 49, 51, 100, 101, long.MinValue, long.MaxValue])
        {
            PermitChain.Verify(chain.Anchor, other, preimage).Should().BeFalse();
        }

        PermitChain.Verify(chain.Anchor, 0, chain.Anchor.Value.Span).Should().BeFalse();
        PermitChain.Verify(chain.Anchor, 50, preimage.AsSpan(1)).Should().BeFalse();
        PermitChain.Verify(chain.Anchor, 50, [.. preimage, 0]).Should().BeFalse();
    }

    [Fact]
    public void Two_chains_share_nothing()
    {
        using PermitChain one = PermitChain.Create(100);
        using PermitChain other = PermitChain.Create(100);

        PermitChain.Verify(one.Anchor, 7, Released(other, 7)).Should().BeFalse();
    }

    [Fact]
    public void The_seed_makes_the_chain_again()
    {
        using PermitChain chain = PermitChain.Create(77);
        byte[] seed = new byte[PermitChain.PreimageSize];
        chain.CopySeedTo(seed);
        using PermitChain again = PermitChain.FromSeed(seed, 77);

        again.Anchor.Value.ToArray().Should().Equal(chain.Anchor.Value.ToArray());
    }

    [Fact]
    public void A_release_goes_on_where_the_last_one_was_and_never_back()
    {
        using PermitChain chain = PermitChain.FromSeed(Seed, 100);
        chain.ReleasedIndex.Should().Be(0);
        chain.ReleaseNext().Index.Should().Be(1);
        chain.ReleaseNext(9).Preimage.ToArray().Should().Equal(Released(chain, 10));
        chain.Release(3, new byte[32]);
        chain.CopySeedTo(new byte[32]);
        chain.ReleasedIndex.Should().Be(10, "giving a preimage again and copying the seed release nothing");
        chain.Release(50, new byte[32]);
        chain.ReleaseNext().Index.Should().Be(51);
    }

    [Fact]
    public void A_chain_made_again_goes_on_after_what_was_released()
    {
        using PermitChain chain = PermitChain.FromSeed(Seed, 100, releasedIndex: 98);
        chain.ReleasedIndex.Should().Be(98);

        PermitChain.Verify(chain.Anchor, 99, chain.ReleaseNext().Preimage.Span).Should().BeTrue();
        ((Action)(() => chain.ReleaseNext(2))).Should().Throw<InvalidOperationException>().WithMessage("*1 of its 100*");
        chain.ReleasedIndex.Should().Be(99);
        chain.ReleaseNext().Index.Should().Be(100);
        ((Action)(() => chain.ReleaseNext())).Should().Throw<InvalidOperationException>();
        ((Action)(() => chain.ReleaseNext(long.MaxValue))).Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void Racing_releases_sell_each_unit_once()
    {
        using PermitChain chain = PermitChain.FromSeed(Seed, 4000);
        System.Collections.Concurrent.ConcurrentBag<long> sold = [];

        Parallel.For(0, 4000, _ => sold.Add(chain.ReleaseNext().Index));

        sold.Order().Should().Equal(Enumerable.Range(1, 4000).Select(index => (long)index));
    }

    [Fact]
    public void A_chain_of_millions_keeps_two_square_roots_of_values_and_releases_without_allocating()
    {
        const int length = 1 << 22;
        const int root = 1 << 11;
        long before = GC.GetAllocatedBytesForCurrentThread();
        using PermitChain chain = PermitChain.FromSeed(Seed, length);
        long made = GC.GetAllocatedBytesForCurrentThread() - before;

        // What is kept is 2 √n values; one more √n is the checkpoints while they are made.
        made.Should().BeInRange(2 * root * PermitChain.PreimageSize, (3 * root * PermitChain.PreimageSize) + 4096);
        byte[] preimage = new byte[PermitChain.PreimageSize];
        chain.Release(1, preimage);
        SHA256.HashData(preimage).Should().Equal(chain.Anchor.Value.ToArray());
        before = GC.GetAllocatedBytesForCurrentThread();
        for (int index = 1; index <= 3 * root; index++)
        {
            chain.Release(index, preimage);
        }

        chain.Release(length - 1, preimage);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1024);
        SHA256.HashData(Seed).Should().Equal(preimage);
    }

    [Fact]
    public void Wrong_lengths_and_units_are_bad_calls()
    {
        using PermitChain chain = PermitChain.FromSeed(Seed, 10);
        foreach (Action wrong in (Action[])[
            () => PermitChain.Create(0), () => PermitChain.Create(PermitChain.MaxLength + 1), () => PermitChain.FromSeed(new byte[31], 10),
            () => PermitChain.FromSeed(Seed, 0), () => chain.Release(0, new byte[32]), () => chain.Release(11, new byte[32]),
            () => chain.Release(1, new byte[31]), () => chain.CopySeedTo(new byte[31]), () => chain.ReleaseNext(0), () => chain.ReleaseNext(-1),
            () => PermitChain.FromSeed(Seed, 10, -1), () => PermitChain.FromSeed(Seed, 10, 11), () => _ = new PermitPayment(0, new byte[32]),
            () => _ = new PermitPayment(1, new byte[33]), () => _ = new PermitPayment(PermitChain.MaxLength + 1, new byte[32]), () => _ = new PermitChainAnchor(new byte[33], 10), () => _ = new PermitChainAnchor(new byte[32], 0)])
        {
            wrong.Should().Throw<ArgumentException>();
        }
    }

    [Fact]
    public void Nothing_is_released_after_disposing_and_nothing_secret_is_printed()
    {
        PermitChain chain = PermitChain.FromSeed(Seed, 10);
        chain.ToString().Should().Be("PermitChain of 10 units");
        chain.Dispose();
        chain.Dispose();

        ((Action)(() => chain.Release(1, new byte[32]))).Should().Throw<ObjectDisposedException>();
        ((Action)(() => chain.ReleaseNext())).Should().Throw<ObjectDisposedException>();
        ((Action)(() => chain.CopySeedTo(new byte[32]))).Should().Throw<ObjectDisposedException>();
        new PermitPayment(3, Seed).ToString().Should().Be("payment of the units to 3");
    }

    private static byte[] Released(PermitChain chain, long index)
    {
        byte[] preimage = new byte[PermitChain.PreimageSize];
        chain.Release(index, preimage);
        return preimage;
    }
}
