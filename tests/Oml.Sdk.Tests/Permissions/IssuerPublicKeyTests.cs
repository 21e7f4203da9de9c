using System.Security.Cryptography;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Permissions;

public sealed class IssuerPublicKeyTests
{
    [Fact]
    public void The_key_id_is_the_cose_key_thumbprint_of_rfc_9679()
    {
        // The example key of RFC 9679 §6 with its thumbprint and URI.
        using ECDsa key = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new()
            {
                X = Convert.FromHexString("65eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d"),
                Y = Convert.FromHexString("1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c"),
            },
        });

        IssuerPublicKey imported = IssuerPublicKey.ImportSubjectPublicKeyInfo(key.ExportSubjectPublicKeyInfo());

        Convert.ToHexStringLower(imported.KeyId.Span).Should().Be("496bd8afadf307e5b08c64b0421bf9dc01528a344a43bda88fadd1669da253ec");
        imported.DefaultIssuerName.Should().Be("urn:ietf:params:oauth:ckt:sha-256:SWvYr63zB-WwjGSwQhv53AFSijRKQ72oj63RZp2iU-w");
    }

    [Fact]
    public void The_key_id_of_rsa_is_the_hash_of_type_modulus_and_exponent()
    {
        RSAParameters rsa = ((RSA)TestKey.Rsa.PlatformKey).ExportParameters(false);
        byte[] coseKey = Cbor.Map(
            (Cbor.Int(1), Cbor.Int(3)), (Cbor.Int(-1), Cbor.Bytes(rsa.Modulus!)), (Cbor.Int(-2), Cbor.Bytes(rsa.Exponent!)));

        TestKey.Rsa.PublicKey.KeyId.ToArray().Should().Equal(SHA256.HashData(coseKey));
    }

    [Theory]
    [InlineData(PermissionAlgorithm.ES256)]
    [InlineData(PermissionAlgorithm.ES384)]
    [InlineData(PermissionAlgorithm.PS256)]
    public void Comes_back_from_its_own_exports(PermissionAlgorithm algorithm)
    {
        IssuerPublicKey key = TestKey.Of(algorithm).PublicKey;
        string pem = key.ExportSubjectPublicKeyInfoPem();

        IssuerPublicKey fromDer = IssuerPublicKey.ImportSubjectPublicKeyInfo(key.ExportSubjectPublicKeyInfo());
        IssuerPublicKey fromPem = IssuerPublicKey.ImportFromPem($"Some words first.\n{pem}\nAnd some after.");

        pem.Should().StartWith("-----BEGIN PUBLIC KEY-----");
        key.Algorithm.Should().Be(algorithm);
        fromDer.Should().Be(key);
        fromDer.GetHashCode().Should().Be(key.GetHashCode());
        fromPem.Should().Be(key);
        fromPem.ExportSubjectPublicKeyInfo().Should().Equal(key.ExportSubjectPublicKeyInfo());
        key.Should().NotBe(TestKey.Stranger.PublicKey);
    }

    [Fact]
    public void An_exported_key_is_a_copy()
    {
        IssuerPublicKey key = TestKey.P256.PublicKey;

        key.ExportSubjectPublicKeyInfo().AsSpan().Clear();

        IssuerPublicKey.ImportSubjectPublicKeyInfo(key.ExportSubjectPublicKeyInfo()).Should().Be(key);
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(1536)]
    public void Refuses_rsa_keys_that_are_too_small(int bits)
    {
        using RSA rsa = RSA.Create(bits);

        Refusal(rsa.ExportSubjectPublicKeyInfo()).Should().Throw<CryptographicException>().WithMessage($"*{bits} bits*2048 to 8192*");
    }

    [Fact]
    public void Refuses_rsa_keys_that_are_too_large()
    {
        byte[] modulus = new byte[1025];
        modulus[0] = 0x80;
        modulus[^1] = 1;

        Action import = Refusal(Rsa(modulus, [1, 0, 1]));

        import.Should().Throw<CryptographicException>();
    }

    [Theory]
    [InlineData("03")]
    [InlineData("00FFFF")]
    [InlineData("010000")]
    [InlineData("0100000001")]
    public void Refuses_rsa_exponents_that_are_small_even_or_slow(string exponent)
    {
        RSAParameters good = ((RSA)TestKey.Rsa.PlatformKey).ExportParameters(false);

        Refusal(Rsa(good.Modulus!, Convert.FromHexString(exponent))).Should().Throw<CryptographicException>();
    }

    [Fact]
    public void Refuses_curves_that_no_algorithm_is_pinned_to()
    {
        using ECDsa p521 = ECDsa.Create(ECCurve.NamedCurves.nistP521);

        Refusal(p521.ExportSubjectPublicKeyInfo()).Should().Throw<CryptographicException>().WithMessage("*P-256*P-384*");
    }

    [Fact]
    public void Refuses_points_off_the_curve()
    {
        byte[] spki = TestKey.P256.PublicKey.ExportSubjectPublicKeyInfo();
        spki[^1] ^= 1;

        Refusal(spki).Should().Throw<CryptographicException>();
    }

    [Fact]
    public void Refuses_bytes_that_are_no_key_or_more_than_a_key()
    {
        byte[] spki = TestKey.P256.PublicKey.ExportSubjectPublicKeyInfo();

        Refusal([]).Should().Throw<CryptographicException>();
        Refusal([1, 2, 3]).Should().Throw<CryptographicException>();
        Refusal(spki[..^1]).Should().Throw<CryptographicException>();
        Refusal([.. spki, 0]).Should().Throw<CryptographicException>().WithMessage("*followed by 1 bytes*");
        Refusal(new byte[1 << 20]).Should().Throw<CryptographicException>().WithMessage("*limit is 4096*");
    }

    [Fact]
    public void Refuses_pem_text_without_exactly_one_public_key()
    {
        string pem = TestKey.P256.PublicKey.ExportSubjectPublicKeyInfoPem();
        string other = TestKey.P384.PublicKey.ExportSubjectPublicKeyInfoPem();
        string secret = ((ECDsa)TestKey.P256.PlatformKey).ExportPkcs8PrivateKeyPem();

        Action none = () => IssuerPublicKey.ImportFromPem("no key");
        Action two = () => IssuerPublicKey.ImportFromPem(pem + "\n" + other);
        Action wrong = () => IssuerPublicKey.ImportFromPem(secret);

        none.Should().Throw<CryptographicException>().WithMessage("*no PUBLIC KEY*");
        two.Should().Throw<CryptographicException>().WithMessage("*more than one*");
        wrong.Should().Throw<CryptographicException>().WithMessage("*PRIVATE KEY*").Which.Message.Should().NotContain("MI");
    }

    private static Action Refusal(byte[] spki) => () => IssuerPublicKey.ImportSubjectPublicKeyInfo(spki);

    private static byte[] Rsa(byte[] modulus, byte[] exponent)
    {
        System.Formats.Asn1.AsnWriter writer = new(System.Formats.Asn1.AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.113549.1.1.1");
                writer.WriteNull();
            }

            System.Formats.Asn1.AsnWriter key = new(System.Formats.Asn1.AsnEncodingRules.DER);
            using (key.PushSequence())
            {
                key.WriteInteger(DeterministicSigner.FromBytes(modulus));
                key.WriteInteger(DeterministicSigner.FromBytes(exponent));
            }

            writer.WriteBitString(key.Encode());
        }

        return writer.Encode();
    }
}
