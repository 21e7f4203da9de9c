using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Support;

/// <summary>Permits everything: for tests that are not about permissions.</summary>
internal sealed class PermittingVerifier(long? quota = null) : IPermissionVerifier
{
    public InputDigest? InputDigest { get; init; }

    public OutputPolicy? OutputPolicy { get; init; }

    public PermitChainAnchor? PermitChain { get; init; }

    public RateLimit? Rate { get; init; }

    public ValueTask<PermissionVerification> VerifyAsync(
        ReadOnlyMemory<byte> token, PermissionContext context, CancellationToken cancellationToken = default) =>
        new(PermissionVerification.Permitted(new Permission
        {
            Issuer = "issuer",
            Licensee = "licensee",
            Model = context.Model,
            IssuedAt = DateTimeOffset.UnixEpoch,
            ExpiresAt = DateTimeOffset.MaxValue,
            Nonce = PermissionNonce.CreateRandom(),
            FingerprintId = 1,
            Quota = quota,
            InputDigest = InputDigest,
            OutputPolicy = OutputPolicy,
            PermitChain = PermitChain,
            Rate = Rate,
        }));
}
