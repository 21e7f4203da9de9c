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
    public void Wrong_lengths_and_units_are_bad_calls()
    {
        using PermitChain chain = PermitChain.FromSeed(Seed, 10);
        foreach (Action wrong in (Action[])[
            () => PermitChain.Create(0), () => PermitChain.Create(PermitChain.MaxLength + 1), () => PermitChain.FromSeed(new byte[31], 10),
            () => PermitChain.FromSeed(Seed, 0), () => chain.Release(0, new byte[32]), () => chain.Release(11, new byte[32]),
            () => chain.Release(1, new byte[31]), () => _ = new PermitChainAnchor(new byte[33], 10), () => _ = new PermitChainAnchor(new byte[32], 0)])
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
    }

    private static byte[] Released(PermitChain chain, long index)
    {
        byte[] preimage = new byte[PermitChain.PreimageSize];
        chain.Release(index, preimage);
        return preimage;
    }
}
