using Microsoft.Extensions.Time.Testing;
using Oml.Sdk.Permissions;
using Oml.Sdk.Testing;

namespace Oml.Sdk.Tests.Permissions;

public sealed class Es256VerifierContractTests() : CosePermissionVerifierContractTests(PermissionAlgorithm.ES256);

public sealed class Es384VerifierContractTests() : CosePermissionVerifierContractTests(PermissionAlgorithm.ES384);

public sealed class Ps256VerifierContractTests() : CosePermissionVerifierContractTests(PermissionAlgorithm.PS256);

public abstract class CosePermissionVerifierContractTests(PermissionAlgorithm algorithm) : PermissionVerifierContract
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeSeconds(TokenForge.IssuedAt));

    protected override IPermissionVerifier CreateVerifier() => new CosePermissionVerifier(
        new CosePermissionVerifierOptions { TrustedIssuers = { new(TokenForge.Issuer, TestKey.Of(algorithm).PublicKey) } }, _clock);

    protected override byte[] CreateToken() => TokenForge.Minimal(TestKey.Of(algorithm)).Build(TestKey.Of(algorithm));

    protected override PermissionContext CreateContext() => new(TokenForge.Model, TokenForge.Audience);
}
