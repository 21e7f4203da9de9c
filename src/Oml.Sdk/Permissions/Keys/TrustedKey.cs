using System.Collections.Immutable;

namespace Oml.Sdk.Permissions;

/// <summary>A key and the issuers that it is trusted for: more than one only where several issuers' sets hold it. Immutable.</summary>
internal sealed class TrustedKey(IssuerPublicKey key, ImmutableArray<TrustedIssuer> issuers)
{
    public IssuerPublicKey Key { get; } = key;

    /// <summary>The name of the first of them, for messages.</summary>
    public string Name => Issuers[0].Name;

    public ImmutableArray<TrustedIssuer> Issuers { get; } = issuers;

    public bool IsTrustedAt(DateTimeOffset now, TimeSpan skew)
    {
        foreach (TrustedIssuer issuer in Issuers)
        {
            if (issuer.IsTrustedAt(now, skew))
            {
                return true;
            }
        }

        return false;
    }
}
