using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Permissions;

/// <summary>Half of these tests run where the platform has ML-DSA, the other half where it has not.</summary>
public sealed class MLDsaTests
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeSeconds(TokenForge.IssuedAt));

    /// <summary>Each algorithm with the sizes of FIPS 204, table 2.</summary>
    public static TheoryData<PermissionAlgorithm, int, int> Sizes => new()
    {
        { PermissionAlgorithm.MLDsa44, 1312, 2420 },
        { PermissionAlgorithm.MLDsa65, 1952, 3309 },
        { PermissionAlgorithm.MLDsa87, 2592, 4627 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task A_permission_is_issued_and_verified(PermissionAlgorithm algorithm, int keyBytes, int signatureBytes)
    {
        SkipWithoutMLDsa();
        using PermissionIssuer issuer = PermissionIssuer.Create(algorithm, "publisher", _clock);
        byte[] token = issuer.Issue(Request());
        CosePermissionVerifier verifier = new(new() { TrustedIssuers = { new("publisher", issuer.PublicKey) } }, _clock);
        PermissionContext context = new(TokenForge.Model);

        PermissionVerification good = await verifier.VerifyAsync(token, context);
        token[^1] ^= 1;
        PermissionVerification changed = await verifier.VerifyAsync(token, context);

        good.IsPermitted.Should().BeTrue(good.Message);
        changed.Reason.Should().Be(DenialReason.BadSignature);
        issuer.PublicKey.Algorithm.Should().Be(algorithm);
        issuer.PublicKey.ExportSubjectPublicKeyInfo().Should().HaveCount(22 + keyBytes);
        token.Length.Should().BeInRange(signatureBytes, CosePermissionVerifierOptions.DefaultMaxTokenBytes);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void One_key_is_the_same_key_in_every_form(PermissionAlgorithm algorithm, int keyBytes, int signatureBytes)
    {
        SkipWithoutMLDsa();
        using PermissionIssuer issuer = PermissionIssuer.Create(algorithm);
        IssuerPublicKey key = issuer.PublicKey;
        IssuerKeySet set = new(new IssuerSetKey(key));

        IssuerPublicKey[] others =
        [
            IssuerPublicKey.ImportSubjectPublicKeyInfo(key.ExportSubjectPublicKeyInfo()),
            IssuerPublicKey.ImportFromPem(key.ExportSubjectPublicKeyInfoPem()),
            IssuerPublicKey.ImportCoseKey(key.ExportCoseKey()),
            IssuerPublicKey.ImportJwk(key.ExportJwk()),
            IssuerKeySet.Import(set.ExportCoseKeySet()).Keys[0].Key,
            IssuerKeySet.Import(Encoding.UTF8.GetBytes(set.ExportJwkSet())).Keys[0].Key,
            IssuerKeySet.Import(Encoding.UTF8.GetBytes(set.ExportPem())).Keys[0].Key,
        ];

        others.Should().AllSatisfy(other => other.Should().Be(key));
        byte[] raw = key.ExportSubjectPublicKeyInfo()[^keyBytes..];
        key.SignatureBytes.Should().Be(signatureBytes);
        key.ExportCoseKey().Should().Equal(CoseKey(algorithm, raw, key.KeyId.ToArray()));
        key.KeyId.ToArray().Should().Equal(SHA256.HashData(CoseKey(algorithm, raw)));
        key.ExportJwk().Should().Contain("\"kty\":\"AKP\"").And.Contain($"\"pub\":\"{Base64Url.EncodeToString(raw)}\"");
    }

    // The thumbprints of the keys of the seed 00 to 1f, computed with another implementation (Python, pyca/cryptography 48).
    [Theory]
    [InlineData(PermissionAlgorithm.MLDsa44, "043f891cb4855f4d87e0c87bf1fe38174b540b8b84ae6b3d6c99600b963544a1")]
    [InlineData(PermissionAlgorithm.MLDsa65, "eea6088cda05d86e23663298fcb744ec2f9494b76a6897091663bde56110508b")]
    [InlineData(PermissionAlgorithm.MLDsa87, "620b2fdac49238e5f98e7f5c7a9dcf78b8d294ab3e4ebbd51bb8fd2e2336936d")]
    public void A_seed_gives_the_key_that_others_compute(PermissionAlgorithm algorithm, string thumbprint)
    {
        SkipWithoutMLDsa();
        using PermissionIssuer issuer = PermissionIssuer.ImportPkcs8PrivateKey(SeedPkcs8(algorithm));

        Convert.ToHexStringLower(issuer.PublicKey.KeyId.Span).Should().Be(thumbprint);
        issuer.PublicKey.Algorithm.Should().Be(algorithm);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_private_key_survives_export_and_import(PermissionAlgorithm algorithm, int keyBytes, int signatureBytes)
    {
        SkipWithoutMLDsa();
        using PermissionIssuer issuer = PermissionIssuer.Create(algorithm, "publisher", _clock);

        using PermissionIssuer fromEncrypted =
            PermissionIssuer.ImportFromEncryptedPem(issuer.ExportEncryptedPkcs8PrivateKeyPem("correct horse"), "correct horse", "publisher", _clock);
        using PermissionIssuer fromClear = PermissionIssuer.ImportFromPem(issuer.ExportUnencryptedPkcs8PrivateKeyPem(), "publisher", _clock);
        Action wrong = () => PermissionIssuer.ImportFromEncryptedPem(issuer.ExportEncryptedPkcs8PrivateKeyPem("right"), "wrong");

        fromEncrypted.PublicKey.Should().Be(issuer.PublicKey);
        fromClear.PublicKey.Should().Be(issuer.PublicKey);
        fromClear.Issue(Request()).Length.Should().BeGreaterThan(signatureBytes).And.BeLessThan(signatureBytes + keyBytes);
        wrong.Should().Throw<CryptographicException>().WithMessage("*password*");
    }

    [Fact]
    public async Task A_key_of_one_parameter_set_verifies_no_other()
    {
        SkipWithoutMLDsa();
        using PermissionIssuer issuer = PermissionIssuer.Create(PermissionAlgorithm.MLDsa44, TokenForge.Issuer, _clock);
        byte[] token = issuer.Issue(Request());

        // alg -48 becomes -49 in the protected headers.
        int at = token.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x01, 0x38, 0x2F]);
        token[at + 2] = 0x30;
        CosePermissionVerifier verifier = new(new() { TrustedIssuers = { new(TokenForge.Issuer, issuer.PublicKey) } }, _clock);

        (await verifier.VerifyAsync(token, new(TokenForge.Model))).Reason.Should().Be(DenialReason.WrongAlgorithm);
    }

    [Fact]
    public async Task What_is_delegated_four_times_still_fits_the_default_limit()
    {
        SkipWithoutMLDsa();
        using PermissionIssuer issuer = PermissionIssuer.Create(PermissionAlgorithm.MLDsa87, "publisher", _clock);
        using PossessionKey key = PossessionKey.Create(_clock);
        PermissionRequest request = new()
        {
            Licensee = "licensee",
            Model = TokenForge.Model,
            Lifetime = TimeSpan.FromHours(1),
            Use = PermissionUse.Resumable,
            ConfirmationKey = key.PublicKey,
        };
        byte[] token = issuer.Issue(request);
        for (int i = 0; i < 4; i++)
        {
            token = key.Delegate(token, request);
        }

        CosePermissionVerifier verifier = new(new() { TrustedIssuers = { new("publisher", issuer.PublicKey) } }, _clock);

        (await verifier.VerifyAsync(token, new(TokenForge.Model))).IsPermitted.Should().BeTrue();
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_platform_without_it_says_what_it_needs(PermissionAlgorithm algorithm, int keyBytes, int signatureBytes)
    {
        Assert.SkipWhen(MLDsa.IsSupported, "This machine has ML-DSA.");
        byte[] raw = new byte[keyBytes];
        signatureBytes.Should().BePositive();

        Action[] uses =
        [
            () => PermissionIssuer.Create(algorithm).Dispose(),
            () => PermissionIssuer.ImportPkcs8PrivateKey(SeedPkcs8(algorithm)).Dispose(),
            () => PermissionIssuer.ImportFromPem(PemEncoding.Write("PRIVATE KEY", SeedPkcs8(algorithm))).Dispose(),
            () => IssuerPublicKey.ImportSubjectPublicKeyInfo(Spki(algorithm, raw)),
            () => IssuerPublicKey.ImportFromPem(PemEncoding.WriteString("PUBLIC KEY", Spki(algorithm, raw))),
            () => IssuerPublicKey.ImportCoseKey(CoseKey(algorithm, raw)),
            () => IssuerPublicKey.ImportJwk(Jwk(algorithm, raw)),
        ];

        uses.Should().AllSatisfy(use =>
            use.Should().Throw<PlatformNotSupportedException>().WithMessage($"{Name(algorithm)} is not there on this machine: *OpenSSL 3.5*ES256*"));
        PermissionIssuer.IsSupported(algorithm).Should().BeFalse();
    }

    [Fact]
    public void A_platform_without_it_still_reads_sets_that_have_such_keys()
    {
        Assert.SkipWhen(MLDsa.IsSupported, "This machine has ML-DSA.");
        byte[] raw = new byte[1312];
        byte[] cose = Cbor.Array(TestKey.P256.PublicKey.ExportCoseKey(), CoseKey(PermissionAlgorithm.MLDsa44, raw));
        byte[] jwks = Encoding.UTF8.GetBytes($$"""{"keys":[{{Jwk(PermissionAlgorithm.MLDsa44, raw)}},{{TestKey.P256.PublicKey.ExportJwk()}}]}""");
        byte[] pem = Encoding.UTF8.GetBytes(
            PemEncoding.WriteString("PUBLIC KEY", Spki(PermissionAlgorithm.MLDsa44, raw)) + "\n" + TestKey.P256.PublicKey.ExportSubjectPublicKeyInfoPem());

        foreach (byte[] bytes in (byte[][])[cose, jwks, pem])
        {
            IssuerKeySet set = IssuerKeySet.Import(bytes);
            Action strict = () => IssuerKeySet.Import(bytes, UnknownKeyHandling.Refuse);

            set.Keys.Should().ContainSingle().Which.Key.Should().Be(TestKey.P256.PublicKey);
            set.Ignored.Should().ContainSingle().Which.Should().Contain("ML-DSA-44").And.Contain("OpenSSL 3.5");
            strict.Should().Throw<CryptographicException>().WithMessage("*OpenSSL 3.5*");
        }
    }

    [Theory]
    [InlineData(PermissionAlgorithm.ES256)]
    [InlineData(PermissionAlgorithm.ES384)]
    [InlineData(PermissionAlgorithm.PS256)]
    public void Other_algorithms_are_there_everywhere(PermissionAlgorithm algorithm)
    {
        PermissionIssuer.IsSupported(algorithm).Should().BeTrue();
        PermissionIssuer.IsSupported(PermissionAlgorithm.MLDsa44).Should().Be(MLDsa.IsSupported);
        PermissionIssuer.IsSupported((PermissionAlgorithm)(-8)).Should().BeFalse();
    }

    [Fact]
    public void Refuses_keys_of_another_form_on_every_platform()
    {
        byte[] raw = new byte[1312];

        Refused(() => IssuerPublicKey.ImportCoseKey(CoseKey(PermissionAlgorithm.MLDsa65, raw)), "*ML-DSA-65 is 1952 bytes; got 1312*");
        Refused(() => IssuerPublicKey.ImportJwk(Jwk(PermissionAlgorithm.MLDsa87, raw)), "*ML-DSA-87 is 2592 bytes; got 1312*");
        Refused(() => IssuerPublicKey.ImportCoseKey(CoseKey(PermissionAlgorithm.ES256, raw)), "*another algorithm than ML-DSA*");
        Refused(() => IssuerPublicKey.ImportCoseKey(Cbor.Map((Cbor.Int(1), Cbor.Int(7)), (Cbor.Int(-1), Cbor.Bytes(raw)))), "*lacks alg*");
        Refused(() => IssuerPublicKey.ImportJwk($$"""{"kty":"AKP","pub":"{{Base64Url.EncodeToString(raw)}}"}"""), "*lacks alg*");
        Refused(() => IssuerPublicKey.ImportJwk("""{"kty":"AKP","alg":"SLH-DSA-SHA2-128s","pub":"AA"}"""), "*'SLH-DSA-SHA2-128s'*not known*");
        Refused(() => IssuerPublicKey.ImportJwk("""{"kty":"AKP","alg":"ML-DSA-44"}"""), "*lacks pub*");
        Refused(() => IssuerPublicKey.ImportJwk("""{"kty":"AKP","alg":"ML-DSA-44","pub":"AA","priv":"AA"}"""), "That is a private key*");
        Refused(
            () => IssuerPublicKey.ImportCoseKey(Cbor.Map(
                (Cbor.Int(1), Cbor.Int(7)), (Cbor.Int(3), Cbor.Int(-48)), (Cbor.Int(-1), Cbor.Bytes(raw)), (Cbor.Int(-3), Cbor.Int(1)))),
            "*member that is not known here (-3)*");

        static void Refused(Action import, string message) => import.Should().Throw<CryptographicException>().WithMessage(message);
    }

    private static void SkipWithoutMLDsa() => Assert.SkipUnless(MLDsa.IsSupported, "The platform has no ML-DSA; on Linux, it comes with OpenSSL 3.5.");

    private static PermissionRequest Request() => new() { Licensee = "licensee", Model = TokenForge.Model, Lifetime = TimeSpan.FromHours(1) };

    private static string Name(PermissionAlgorithm algorithm) => algorithm switch
    {
        PermissionAlgorithm.MLDsa44 => "ML-DSA-44",
        PermissionAlgorithm.MLDsa65 => "ML-DSA-65",
        _ => "ML-DSA-87",
    };

    private static byte[] CoseKey(PermissionAlgorithm algorithm, byte[] raw, byte[]? id = null)
    {
        (byte[], byte[])[] start = id is null ? [(Cbor.Int(1), Cbor.Int(7))] : [(Cbor.Int(1), Cbor.Int(7)), (Cbor.Int(2), Cbor.Bytes(id))];
        return Cbor.Map([.. start, (Cbor.Int(3), Cbor.Int((int)algorithm)), (Cbor.Int(-1), Cbor.Bytes(raw))]);
    }

    private static string Jwk(PermissionAlgorithm algorithm, byte[] raw) =>
        $$"""{"kty":"AKP","alg":"{{Name(algorithm)}}","pub":"{{Base64Url.EncodeToString(raw)}}"}""";

    // 2.16.840.1.101.3.4.3.17 to 19 (RFC 9881 §2), without parameters.
    private static byte[] Identifier(PermissionAlgorithm algorithm) =>
        [0x30, 0x0B, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, (byte)(0x11 + PermissionAlgorithm.MLDsa44 - algorithm)];

    private static byte[] Spki(PermissionAlgorithm algorithm, byte[] raw)
    {
        byte[] bits = [0x03, 0x82, (byte)((raw.Length + 1) >> 8), (byte)(raw.Length + 1), 0, .. raw];
        byte[] body = [.. Identifier(algorithm), .. bits];
        return [0x30, 0x82, (byte)(body.Length >> 8), (byte)body.Length, .. body];
    }

    // The seed 00 to 1f, in the form that has the seed only (RFC 9881 §6).
    private static byte[] SeedPkcs8(PermissionAlgorithm algorithm) =>
        [0x30, 0x34, 0x02, 0x01, 0x00, .. Identifier(algorithm), 0x04, 0x22, 0x80, 0x20, .. Enumerable.Range(0, 32).Select(i => (byte)i)];
}
