using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Permissions;

public sealed class PermissionIssuerTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(TokenForge.IssuedAt);
    private readonly FakeTimeProvider _clock = new(Now);

    [Theory]
    [InlineData(PermissionAlgorithm.ES256)]
    [InlineData(PermissionAlgorithm.ES384)]
    [InlineData(PermissionAlgorithm.PS256)]
    public async Task A_permission_says_what_was_asked_for(PermissionAlgorithm algorithm)
    {
        using PermissionIssuer issuer = PermissionIssuer.Create(algorithm, timeProvider: _clock);
        PermissionNonce nonce = PermissionNonce.CreateRandom();
        PermissionRequest request = new()
        {
            Licensee = "Łukasz & Co.",
            Model = TokenForge.Model,
            Lifetime = TimeSpan.FromDays(30),
            NotBefore = Now.AddMilliseconds(1),
            Audience = "app",
            Scopes = ["train", "infer", "infer"],
            Quota = 1L << 53,
            Unit = MeteringUnit.Row,
            Use = PermissionUse.Resumable,
            FingerprintId = long.MaxValue,
            ConfirmationKey = TestKey.P256.PublicKey,
            Rate = new RateLimit(10, 60),
            OutputPolicy = OutputPolicy.KeepTop(5, 3),
            InputDigest = InputDigest.Parse(InputDigestTests.WorkedExample),
            Nonce = nonce,
        };

        Permission permission = await Verified(issuer, issuer.Issue(request), "app", "infer", "train");

        permission.Should().BeEquivalentTo(new Permission
        {
            Issuer = issuer.PublicKey.DefaultIssuerName,
            Licensee = "Łukasz & Co.",
            Audience = "app",
            Model = TokenForge.Model,
            IssuedAt = Now,
            NotBefore = Now.AddSeconds(1),
            ExpiresAt = Now.AddDays(30),
            Nonce = nonce,
            Scopes = ["infer", "train"],
            Quota = 1L << 53,
            Unit = MeteringUnit.Row,
            Use = PermissionUse.Resumable,
            FingerprintId = long.MaxValue,
            ConfirmationKey = TestKey.P256.PublicKey,
            Rate = new RateLimit(10, 60),
            OutputPolicy = OutputPolicy.KeepTop(5, 3),
            InputDigest = InputDigest.Parse(InputDigestTests.WorkedExample),
        });
    }

    [Fact]
    public async Task The_defaults_are_one_session_of_calls_without_a_quota()
    {
        using PermissionIssuer issuer = PermissionIssuer.Create(name: "publisher", timeProvider: _clock);

        Permission permission = await Verified(issuer, issuer.Issue(Request()));

        permission.Issuer.Should().Be("publisher");
        permission.Use.Should().Be(PermissionUse.SingleSession);
        permission.Unit.Should().Be(MeteringUnit.Call);
        permission.Quota.Should().BeNull();
        permission.Audience.Should().BeNull();
        permission.NotBefore.Should().BeNull();
        permission.Scopes.Should().BeEmpty();
        permission.FingerprintId.Should().Be(FingerprintIds.FromLicensee("licensee"));
        permission.WrappedContentKey.Should().BeNull();
    }

    [Fact]
    public async Task A_wrapped_content_key_arrives_as_it_was_sent()
    {
        byte[] wrapped = [.. Enumerable.Range(0, 113).Select(i => (byte)i)];
        using PermissionIssuer issuer = PermissionIssuer.Create(name: "publisher", timeProvider: _clock);

        byte[] token = issuer.Issue(new() { Licensee = "l", Model = TokenForge.Model, Lifetime = TimeSpan.FromHours(1), WrappedContentKey = wrapped });
        Permission permission = await Verified(issuer, token);

        permission.WrappedContentKey!.Value.ToArray().Should().Equal(wrapped);
    }

    [Fact]
    public void Writes_the_bytes_of_the_specification()
    {
        using PermissionIssuer issuer = Import(TestKey.P256, TokenForge.Issuer);
        byte[] expected = TokenForge.Minimal(TestKey.P256).WithClaim(-65538, Cbor.Array(Cbor.Text("infer"))).Build(TestKey.P256);

        byte[] token = issuer.Issue(new()
        {
            Licensee = "licensee-7",
            Model = TokenForge.Model,
            Lifetime = TimeSpan.FromHours(1),
            Scopes = ["infer"],
            FingerprintId = 7,
            Nonce = new PermissionNonce(TokenForge.Nonce),
        });

        // ECDSA draws a number for each signature, so those 64 bytes differ.
        token[..^64].Should().Equal(expected[..^64]);
    }

    [Fact]
    public void Sorts_scopes_by_their_bytes_and_not_by_utf_16()
    {
        // U+FF5E sorts before U+1F600 in UTF-8, and after it in UTF-16.
        using PermissionIssuer issuer = Import(TestKey.P256, TokenForge.Issuer);

        byte[] token = issuer.Issue(Request(scopes: ["\U0001F600", "\uFF5E"]));

        new VerifierHarness().Verify(token).Permission!.Scopes.Should().Equal("\uFF5E", "\U0001F600");
    }

    [Fact]
    public async Task Every_permission_has_another_nonce_unless_it_is_given()
    {
        using PermissionIssuer issuer = PermissionIssuer.Create(timeProvider: _clock);
        HashSet<PermissionNonce> nonces = [];
        for (int i = 0; i < 100; i++)
        {
            nonces.Add((await Verified(issuer, issuer.Issue(Request()))).Nonce);
        }

        nonces.Should().HaveCount(100);
    }

    [Fact]
    public async Task Another_key_with_the_same_name_is_unknown()
    {
        using PermissionIssuer issuer = PermissionIssuer.Create(name: "publisher", timeProvider: _clock);
        using PermissionIssuer impostor = PermissionIssuer.Create(name: "publisher", timeProvider: _clock);

        PermissionVerification result = await Verify(issuer, impostor.Issue(Request()));

        result.Reason.Should().Be(DenialReason.UnknownIssuer);
    }

    [Theory]
    [InlineData(PermissionAlgorithm.ES256)]
    [InlineData(PermissionAlgorithm.ES384)]
    [InlineData(PermissionAlgorithm.PS256)]
    public async Task A_key_survives_export_and_import(PermissionAlgorithm algorithm)
    {
        using PermissionIssuer issuer = PermissionIssuer.Create(algorithm, "publisher", _clock);
        string encrypted = issuer.ExportEncryptedPkcs8PrivateKeyPem("correct horse");
        char[] clear = issuer.ExportUnencryptedPkcs8PrivateKeyPem();

        using PermissionIssuer fromEncrypted = PermissionIssuer.ImportFromEncryptedPem(encrypted, "correct horse", "publisher", _clock);
        using PermissionIssuer fromClear = PermissionIssuer.ImportFromPem(clear, "publisher", _clock);

        encrypted.Should().StartWith("-----BEGIN ENCRYPTED PRIVATE KEY-----");
        new string(clear).Should().StartWith("-----BEGIN PRIVATE KEY-----");
        fromEncrypted.PublicKey.Should().Be(issuer.PublicKey);
        (await Verified(issuer, fromEncrypted.Issue(Request()))).Issuer.Should().Be("publisher");
        (await Verified(issuer, fromClear.Issue(Request()))).Issuer.Should().Be("publisher");
    }

    [Fact]
    public void Refuses_a_wrong_or_an_empty_password()
    {
        using PermissionIssuer issuer = PermissionIssuer.Create();
        string pem = issuer.ExportEncryptedPkcs8PrivateKeyPem("right");

        Action wrong = () => PermissionIssuer.ImportFromEncryptedPem(pem, "wrong");
        Action empty = () => issuer.ExportEncryptedPkcs8PrivateKeyPem(string.Empty);

        wrong.Should().Throw<CryptographicException>().WithMessage("*password*");
        empty.Should().Throw<ArgumentException>().WithParameterName("password");
    }

    [Fact]
    public void Refuses_keys_that_verifiers_would_refuse()
    {
        using RSA small = RSA.Create(1024);
        using ECDsa p521 = ECDsa.Create(ECCurve.NamedCurves.nistP521);
        byte[] good = ((ECDsa)TestKey.P256.PlatformKey).ExportPkcs8PrivateKey();

        Refusal(small.ExportPkcs8PrivateKey()).Should().Throw<CryptographicException>().WithMessage("*1024 bits*");
        Refusal(p521.ExportPkcs8PrivateKey()).Should().Throw<CryptographicException>().WithMessage("*P-256*");
        Refusal([.. good, 0]).Should().Throw<CryptographicException>();
        Refusal(good[..^1]).Should().Throw<CryptographicException>();
        Refusal([]).Should().Throw<CryptographicException>();
    }

    [Fact]
    public void Refuses_a_private_key_with_the_public_half_of_another()
    {
        byte[] pkcs8 = ((ECDsa)TestKey.P256.PlatformKey).ExportPkcs8PrivateKey();
        byte[] own = TestKey.P256.PublicKey.ExportSubjectPublicKeyInfo()[^64..];
        int at = pkcs8.AsSpan().IndexOf(own);
        at.Should().BePositive();
        TestKey.Stranger.PublicKey.ExportSubjectPublicKeyInfo()[^64..].CopyTo(pkcs8.AsSpan(at));

        Refusal(pkcs8).Should().Throw<CryptographicException>();
    }

    [Fact]
    public void Never_prints_its_key()
    {
        using PermissionIssuer issuer = PermissionIssuer.Create(name: "publisher");

        issuer.ToString().Should().Be("ES256 publisher");
    }

    [Fact]
    public void Does_nothing_after_it_was_disposed_but_can_be_disposed_again()
    {
        PermissionIssuer issuer = PermissionIssuer.Create();
        issuer.Dispose();
        issuer.Dispose();

        Action issue = () => issuer.Issue(Request());
        Action export = () => issuer.ExportUnencryptedPkcs8PrivateKeyPem();
        Action exportEncrypted = () => issuer.ExportEncryptedPkcs8PrivateKeyPem("password");

        issue.Should().Throw<ObjectDisposedException>();
        export.Should().Throw<ObjectDisposedException>();
        exportEncrypted.Should().Throw<ObjectDisposedException>();
        issuer.PublicKey.ExportSubjectPublicKeyInfo().Should().NotBeEmpty();
    }

    [Fact]
    public async Task Issues_on_many_threads_at_once()
    {
        using PermissionIssuer issuer = PermissionIssuer.Create(timeProvider: _clock);

        byte[][] tokens = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => issuer.Issue(Request()))));

        foreach (byte[] token in tokens)
        {
            await Verified(issuer, token);
        }
    }

    private static Action Refusal(byte[] pkcs8) => () => PermissionIssuer.ImportPkcs8PrivateKey(pkcs8);

    private static PermissionRequest Request(string[]? scopes = null) => new()
    {
        Licensee = "licensee",
        Model = TokenForge.Model,
        Lifetime = TimeSpan.FromHours(1),
        Scopes = [.. scopes ?? []],
    };

    private PermissionIssuer Import(TestKey key, string name) =>
        PermissionIssuer.ImportPkcs8PrivateKey(key.PlatformKey.ExportPkcs8PrivateKey(), name, _clock);

    private async Task<PermissionVerification> Verify(PermissionIssuer trusted, byte[] token, string? audience = null, params string[] scopes)
    {
        CosePermissionVerifier verifier = new(new() { TrustedIssuers = { new(trusted.Name, trusted.PublicKey) } }, _clock);
        return await verifier.VerifyAsync(token, new(TokenForge.Model, audience, scopes));
    }

    private async Task<Permission> Verified(PermissionIssuer trusted, byte[] token, string? audience = null, params string[] scopes)
    {
        // The clocks of issuer and verifier are one, and the skew covers a NotBefore that was rounded up.
        PermissionVerification result = await Verify(trusted, token, audience, scopes);
        result.IsPermitted.Should().BeTrue(result.Message);
        return result.Permission!;
    }
}
