using System.Security.Cryptography;
using System.Security.Cryptography.Cose;
using Microsoft.Extensions.Time.Testing;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Permissions;

/// <summary>A verifier that trusts the three test keys, at a time at which <see cref="TokenForge.Minimal"/> holds.</summary>
internal sealed class VerifierHarness
{
    public VerifierHarness(Action<CosePermissionVerifierOptions>? configure = null)
    {
        CosePermissionVerifierOptions options = new();
        foreach (TestKey key in (TestKey[])[TestKey.P256, TestKey.P384, TestKey.Rsa])
        {
            options.TrustedIssuers.Add(new(TokenForge.Issuer, key.PublicKey));
        }

        configure?.Invoke(options);
        Verifier = new(options, Clock);
    }

    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.FromUnixTimeSeconds(TokenForge.IssuedAt));

    public CosePermissionVerifier Verifier { get; }

    public PermissionVerification Verify(byte[] token, string? audience = null, params string[] scopes)
    {
        Task<PermissionVerification> result = Verifier.VerifyAsync(token, new(TokenForge.Model, audience, scopes)).AsTask();
        result.IsCompletedSuccessfully.Should().BeTrue("the verifier runs on the calling thread and does not throw");
        return result.GetAwaiter().GetResult();
    }

    /// <summary>What System.Security.Cryptography.Cose alone says.</summary>
    public static bool BareLibraryAccepts(byte[] token, TestKey key) =>
        CoseMessage.DecodeSign1(token).VerifyEmbedded(key.PlatformKey, ReadOnlySpan<byte>.Empty);

    /// <summary>The same, with the key bound to a hash.</summary>
    public static bool BareLibraryAccepts(byte[] token, TestKey key, HashAlgorithmName hash) =>
        CoseMessage.DecodeSign1(token).VerifyEmbedded(new CoseKey((ECDsa)key.PlatformKey, hash), ReadOnlySpan<byte>.Empty);
}
