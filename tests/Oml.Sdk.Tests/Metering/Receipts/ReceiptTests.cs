using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Permissions;
using Oml.Sdk.Tests.Sealing;

namespace Oml.Sdk.Tests.Metering.Receipts;

public sealed class ReceiptTests
{
    [Fact]
    public void What_is_encoded_is_decoded()
    {
        for (int n = 0; n < 12; n++)
        {
            Receipt receipt = LogFixture.Receipt(n) with { Previous = ReceiptHash.Compute([(byte)n]), OutputsDigest = ReceiptHash.Compute([1]) };

            Receipt.Decode(receipt.Encode()).Should().Be(receipt);
        }
    }

    [Fact]
    public void The_longest_receipt_is_below_the_limit()
    {
        Receipt receipt = LogFixture.Receipt(1) with
        {
            Permission = new PermissionKey(new string('i', 512), PermissionNonce.CreateRandom()),
            Licensee = new string('l', 256),
            Units = Receipt.MaxUnits,
            FirstUnit = Receipt.MaxUnits,
            Time = DateTimeOffset.MaxValue,
            InputsDigest = ReceiptHash.Compute([1]),
            OutputsDigest = ReceiptHash.Compute([2]),
        };

        receipt.Encode().Length.Should().BeLessThan(Receipt.MaxEncodedBytes);
        Receipt.Decode(receipt.Encode()).Should().Be(receipt);
    }

    [Fact]
    public void Its_hash_is_that_of_its_leaf()
    {
        Receipt receipt = LogFixture.Receipt(3);

        receipt.Hash().Should().Be(ReferenceTree.Leaf(receipt.Encode()));
    }

    [Fact]
    public void Its_time_is_cut_to_seconds() =>
        (LogFixture.Receipt(0) with { Time = LogFixture.Start.AddSeconds(1.9) }).Time.Should().Be(LogFixture.Start.AddSeconds(1));

    [Fact]
    public void Every_property_refuses_what_the_format_cannot_hold()
    {
        Receipt receipt = LogFixture.Receipt(0);
        Action[] wrong =
        [
            () => _ = receipt with { Units = 0 },
            () => _ = receipt with { Units = Receipt.MaxUnits + 1 },
            () => _ = receipt with { FirstUnit = -1 },
            () => _ = receipt with { FirstUnit = Receipt.MaxUnits + 1 },
            () => _ = receipt with { Licensee = "" },
            () => _ = receipt with { Licensee = "a\nb" },
            () => _ = receipt with { Licensee = new string('l', 257) },
            () => _ = receipt with { Permission = default },
            () => _ = receipt with { Time = DateTimeOffset.UnixEpoch.AddSeconds(-1) },
        ];

        wrong.Should().AllSatisfy(action => action.Should().Throw<ArgumentException>());
    }

    [Fact]
    public void No_other_encoding_of_a_receipt_is_read()
    {
        byte[] encoded = LogFixture.Receipt(0).Encode();
        byte[][] others =
        [
            [],
            [.. encoded, 0],
            encoded[..^1],
            [0xBF, .. encoded.AsSpan(1), 0xFF],
            [0xB8, (byte)(encoded[0] & 0x1F), .. encoded.AsSpan(1)],
            [(byte)(encoded[0] + 1), .. encoded.AsSpan(1), 12, 0],
            [(byte)(encoded[0] + 1), .. encoded.AsSpan(1), 0x61, (byte)'x', 0],
            Cbor.Map((Cbor.Int(1), Cbor.Int(1))),
            Cbor.Map((Cbor.Int(1), Cbor.Int(2))),
            new byte[Receipt.MaxEncodedBytes + 1],
        ];

        others.Should().AllSatisfy(other => FluentActions.Invoking(() => Receipt.Decode(other)).Should().Throw<FormatException>());
    }

    [Fact]
    public void A_changed_receipt_is_refused_or_has_another_hash()
    {
        Random random = new(5);
        Receipt receipt = LogFixture.Receipt(1);
        byte[] encoded = receipt.Encode();
        for (int i = 0; i < 20_000; i++)
        {
            byte[] mutant = Mutation.Of(encoded, random);
            if (mutant.AsSpan().SequenceEqual(encoded))
            {
                continue;
            }

            try
            {
                Receipt decoded = Receipt.Decode(mutant);
                Assert.Equal(mutant, decoded.Encode());
                Assert.NotEqual(receipt.Hash(), decoded.Hash());
            }
            catch (FormatException)
            {
            }
        }
    }
}
