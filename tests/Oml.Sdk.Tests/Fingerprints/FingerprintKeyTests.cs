using System.Security.Cryptography;
using Oml.Sdk.Fingerprints;

namespace Oml.Sdk.Tests.Fingerprints;

public sealed class FingerprintKeyTests
{
    [Fact]
    public void Derives_carrier_keys_with_hkdf_over_model_and_licensee()
    {
        byte[] secret = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        using FingerprintKey key = FingerprintKey.Import(secret);
        byte[] info = [.. "oml/carrier/v1"u8, .. FingerprintTestData.Model.ToArray(), 1, 2, 3, 4, 5, 6, 7, 8];

        using CarrierKey carrier = key.DeriveCarrierKey(new FingerprintSubject(FingerprintTestData.Model, 0x0102030405060708));

        Export(carrier).Should().Equal(HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, [], info));
    }

    [Fact]
    public void Every_licensee_and_every_model_has_a_key_of_its_own()
    {
        using FingerprintKey key = FingerprintTestData.PublisherKey(1);
        ModelId other = ModelId.Compute("other"u8);

        string[] keys = [.. new[] { (FingerprintTestData.Model, 1ul), (FingerprintTestData.Model, 2ul), (other, 1ul) }.Select(s =>
        {
            using CarrierKey carrier = key.DeriveCarrierKey(new FingerprintSubject(s.Item1, s.Item2));
            return Convert.ToHexString(Export(carrier));
        })];

        keys.Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void Goes_out_and_in_unchanged_and_refuses_other_lengths()
    {
        using FingerprintKey key = FingerprintKey.Generate();
        byte[] bytes = new byte[FingerprintKey.Size];
        key.Export(bytes);
        using FingerprintKey again = FingerprintKey.Import(bytes);
        byte[] second = new byte[FingerprintKey.Size];
        again.Export(second);

        second.Should().Equal(bytes);
        bytes.Should().Contain(b => b != 0);
        ((Action)(() => FingerprintKey.Import(new byte[31]))).Should().Throw<ArgumentException>();
        ((Action)(() => CarrierKey.Import(new byte[33]))).Should().Throw<ArgumentException>();
        ((Action)(() => key.Export(new byte[31]))).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Is_of_no_use_after_it_was_disposed_and_never_prints_its_bytes()
    {
        FingerprintKey key = FingerprintTestData.PublisherKey(2);
        CarrierKey carrier = key.DeriveCarrierKey(new FingerprintSubject(FingerprintTestData.Model, 1));
        key.ToString().Should().Be(typeof(FingerprintKey).FullName);
        carrier.ToString().Should().Be(typeof(CarrierKey).FullName);

        key.Dispose();
        carrier.Dispose();

        ((Action)(() => key.DeriveCarrierKey(default))).Should().Throw<ObjectDisposedException>();
        ((Action)(() => Export(carrier))).Should().Throw<ObjectDisposedException>();
    }

    private static byte[] Export(CarrierKey key)
    {
        byte[] bytes = new byte[CarrierKey.Size];
        key.Export(bytes);
        return bytes;
    }
}
