using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Kernels;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Tests.Fingerprints;

/// <summary>The vectors of docs/spec/fingerprint.md, which were computed by an independent program.</summary>
public sealed class FingerprintVectorTests
{
    private static readonly FingerprintSubject Subject =
        new(ModelId.Parse("404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"), 0x0102030405060708);

    [Fact]
    public void The_carrier_key_and_the_keystream_are_those_of_the_specification()
    {
        using FingerprintKey key = PublisherKey();
        using CarrierKey carrier = key.DeriveCarrierKey(Subject);
        byte[] bytes = new byte[CarrierKey.Size];
        carrier.Export(bytes);
        byte[] keystream = new byte[IAesBlocks.Bytes];
        carrier.ExpandStatic(out AesKeySchedule schedule);
        CarrierKeystream.Fill(in schedule, 0, keystream, KernelDispatch.Aes);

        Convert.ToHexStringLower(bytes).Should().Be("212f23d95bf54199414e78d528a5aa918162095f167ec582e9fb97623f8a159d");
        Convert.ToHexStringLower(keystream.AsSpan(0, 48)).Should().Be(
            "1fb2134a68e3fb5a53bf37f01b19b6d1cb1e037baea13c6ab4a42317b9b6cd4bfd62a9e472f688d46bdfa4b5dcb4facc");
    }

    [Fact]
    public void A_row_becomes_that_of_the_specification()
    {
        using FingerprintKey key = PublisherKey();
        using IFingerprintEmbedder embedder = new LogitFingerprint(key).Create(Subject);
        float[] row = Floats("3f000000 bfa00000 40400000 40300000 80000000 40400000 3fc00000 c0800000 3e000000 40000000");

        embedder.Embed(OutputTensor.Create("logits", row, 10));

        FingerprintTestData.Bits(row).Should().Equal(
            FingerprintTestData.Bits(Floats("3eea3d71 bf9a8f5c 4042b853 402d47ae bd2e147b 4042b853 3fba8f5c c0815c29 3e2b851f 3ffa8f5c")));
    }

    private static FingerprintKey PublisherKey() => FingerprintKey.Import([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    private static float[] Floats(string hex) =>
        [.. hex.Split(' ').Select(word => BitConverter.UInt32BitsToSingle(Convert.ToUInt32(word, 16)))];
}
