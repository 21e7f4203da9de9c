using System.Security.Cryptography;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;

namespace Oml.Sdk.Tests.Sealing.Keys;

public sealed class LicenseePublicKeyTests
{
    // The example key of RFC 9679 §6 with its thumbprint and URI.
    private static readonly ECParameters Example = new()
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new()
        {
            X = Convert.FromHexString("65eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d"),
            Y = Convert.FromHexString("1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c"),
        },
    };

    [Fact]
    public void Reads_what_the_platform_writes_and_has_the_thumbprint_of_rfc_9679()
    {
        using ECDsa platform = ECDsa.Create(Example);

        LicenseePublicKey key = LicenseePublicKey.ImportSubjectPublicKeyInfo(platform.ExportSubjectPublicKeyInfo());

        Convert.ToHexStringLower(key.Thumbprint.Span).Should().Be("496bd8afadf307e5b08c64b0421bf9dc01528a344a43bda88fadd1669da253ec");
        key.ThumbprintUri.Should().Be("urn:ietf:params:oauth:ckt:sha-256:SWvYr63zB-WwjGSwQhv53AFSijRKQ72oj63RZp2iU-w");
        key.ToString().Should().Be(key.ThumbprintUri);
        key.ExportSubjectPublicKeyInfo().Should().Equal(platform.ExportSubjectPublicKeyInfo());
        key.ExportSubjectPublicKeyInfoPem().Should().Be(platform.ExportSubjectPublicKeyInfoPem());
    }

    [Fact]
    public void Equal_keys_are_equal_and_others_are_not()
    {
        using LicenseeKey one = LicenseeKey.Create();
        using LicenseeKey other = LicenseeKey.Create();

        LicenseePublicKey again = LicenseePublicKey.ImportFromPem($"For you:\n{one.PublicKey.ExportSubjectPublicKeyInfoPem()}\n");

        again.Should().Be(one.PublicKey);
        again.GetHashCode().Should().Be(one.PublicKey.GetHashCode());
        again.Equals((object)other.PublicKey).Should().BeFalse();
        again.Equals(null).Should().BeFalse();
    }

    [Fact]
    public void Refuses_everything_but_a_named_p_256_key_with_an_uncompressed_point_on_the_curve()
    {
        using ECDsa platform = ECDsa.Create(Example);
        using ECDsa p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using ECDsa explicitCurve = ECDsa.Create(platform.ExportExplicitParameters(includePrivateParameters: false));
        using RSA rsa = RSA.Create(2048);
        byte[] good = platform.ExportSubjectPublicKeyInfo();
        (string What, byte[] Bytes)[] refused =
        [
            ("nothing", []),
            ("garbage", [1, 2, 3]),
            ("P-384", p384.ExportSubjectPublicKeyInfo()),
            ("another named curve", [.. good[..22], 6, .. good[23..]]),
            ("another algorithm", [.. good[..12], 2, .. good[13..]]),
            ("the curve by its parameters", explicitCurve.ExportSubjectPublicKeyInfo()),
            ("RSA", rsa.ExportSubjectPublicKeyInfo()),
            ("one byte less", good[..^1]),
            ("a trailing byte", [.. good, 0]),
            ("off the curve", [.. good[..^1], (byte)(good[^1] ^ 1)]),
            ("no point", [.. good[..27], .. new byte[64]]),
            ("compressed", [0x30, 0x39, .. good[2..23], 0x03, 0x22, 0x00, 0x02, .. Example.Q.X!]),
        ];

        foreach ((string what, byte[] bytes) in refused)
        {
            Action import = () => LicenseePublicKey.ImportSubjectPublicKeyInfo(bytes);
            import.Should().Throw<CryptographicException>(what).WithMessage("*P-256*");
        }
    }

    [Fact]
    public void Refuses_pem_text_without_exactly_one_public_key()
    {
        using LicenseeKey key = LicenseeKey.Create();
        string pem = key.PublicKey.ExportSubjectPublicKeyInfoPem();

        ((Action)(() => LicenseePublicKey.ImportFromPem("no key"))).Should().Throw<CryptographicException>().WithMessage("*no PUBLIC KEY*");
        ((Action)(() => LicenseePublicKey.ImportFromPem(pem + "\n" + pem))).Should().Throw<CryptographicException>().WithMessage("*more than one*");
    }

    [Fact]
    public void Exports_are_copies()
    {
        using LicenseeKey key = LicenseeKey.Create();

        key.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().Clear();

        LicenseePublicKey.ImportSubjectPublicKeyInfo(key.PublicKey.ExportSubjectPublicKeyInfo()).Should().Be(key.PublicKey);
        IssuerPublicKey.ImportSubjectPublicKeyInfo(key.PublicKey.ExportSubjectPublicKeyInfo()).KeyId.ToArray()
            .Should().Equal(key.PublicKey.Thumbprint.ToArray());
    }
}
