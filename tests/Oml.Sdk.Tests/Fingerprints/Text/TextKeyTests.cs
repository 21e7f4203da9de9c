using System.Security.Cryptography;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Text;

namespace Oml.Sdk.Tests.Fingerprints.Text;

public sealed class TextKeyTests
{
    [Fact]
    public void Is_derived_with_hkdf_under_a_label_of_its_own()
    {
        byte[] secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        using FingerprintKey publisher = TextTestData.SpecificationKey();
        using TextKey key = publisher.DeriveTextKey(TextTestData.SpecificationSubject);
        byte[] info = [.. "oml/text/v1"u8, .. TextTestData.SpecificationSubject.Model.ToArray(), 1, 2, 3, 4, 5, 6, 7, 8];

        Export(key).Should().Equal(HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, [], info));
        Convert.ToHexStringLower(Export(key)).Should().Be("fdd9090a977fc996e2cf1675e0e79c4fcae9d3318bceffd62e09ff55d4cf8bac");
    }

    [Fact]
    public void Goes_out_and_in_unchanged_and_refuses_other_lengths()
    {
        using TextKey key = TextTestData.Key(1);
        using TextKey again = TextKey.Import(Export(key));

        Export(again).Should().Equal(Export(key));
        ((Action)(() => TextKey.Import(new byte[31]))).Should().Throw<ArgumentException>();
        ((Action)(() => key.Export(new byte[31]))).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Is_of_no_use_after_it_was_disposed_and_never_prints_its_bytes()
    {
        TextKey key = TextTestData.Key(1);
        key.ToString().Should().Be(typeof(TextKey).FullName);
        key.Dispose();

        ((Action)(() => Export(key))).Should().Throw<ObjectDisposedException>();
        ((Action)(() => _ = new KgwProcessor(key, new KgwOptions { VocabularySize = 10 }))).Should().Throw<ObjectDisposedException>();
        ((Action)(() => _ = new KgwDetector(key, new KgwOptions { VocabularySize = 10 }))).Should().Throw<ObjectDisposedException>();
    }

    private static byte[] Export(TextKey key)
    {
        byte[] bytes = new byte[TextKey.Size];
        key.Export(bytes);
        return bytes;
    }
}
