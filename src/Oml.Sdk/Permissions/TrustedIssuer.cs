namespace Oml.Sdk.Permissions;

/// <summary>A name and a key that may sign for it. Immutable and thread-safe.</summary>
public sealed class TrustedIssuer
{
    /// <summary>Trusts a key under the name that follows from it, <see cref="IssuerPublicKey.DefaultIssuerName"/>.</summary>
    /// <param name="key">The key.</param>
    public TrustedIssuer(IssuerPublicKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        Name = key.DefaultIssuerName;
        Key = key;
    }

    /// <summary>Trusts a key under a name.</summary>
    /// <param name="name">The <c>iss</c> claim that its tokens must have, 1 to 512 bytes of UTF-8, compared byte for byte.</param>
    /// <param name="key">The key.</param>
    /// <exception cref="ArgumentException">The name is empty, too long, not valid Unicode, or has control characters.</exception>
    public TrustedIssuer(string name, IssuerPublicKey key)
        : this(name, key, notBefore: null, notAfter: null)
    {
    }

    /// <summary>Trusts a key under a name, for a time.</summary>
    /// <param name="name">The <c>iss</c> claim that its tokens must have, 1 to 512 bytes of UTF-8, compared byte for byte.</param>
    /// <param name="key">The key.</param>
    /// <param name="notBefore">When it starts to be trusted, a whole second from 1970 on; null for always.</param>
    /// <param name="notAfter">When it ceases to be trusted, a whole second from 1970 on and after <paramref name="notBefore"/>; null for never.</param>
    /// <exception cref="ArgumentException">
    /// The name is empty, too long, not valid Unicode, or has control characters; a time is no whole second or before 1970; or the end is
    /// not after the start.
    /// </exception>
    public TrustedIssuer(string name, IssuerPublicKey key, DateTimeOffset? notBefore, DateTimeOffset? notAfter)
    {
        ClaimText.Check(name, PermissionLimits.MaxIssuerBytes, "The issuer's name", nameof(name));
        ArgumentNullException.ThrowIfNull(key);
        KeyTimes.Check(notBefore, notAfter, nameof(notBefore), nameof(notAfter));
        Name = name;
        Key = key;
        NotBefore = notBefore;
        NotAfter = notAfter;
    }

    /// <summary>The <c>iss</c> claim that the tokens of this key must have.</summary>
    public string Name { get; }

    /// <summary>The key.</summary>
    public IssuerPublicKey Key { get; }

    /// <summary>When the key starts to be trusted; null for always. Permissions that were issued earlier are refused.</summary>
    public DateTimeOffset? NotBefore { get; }

    /// <summary>When the key ceases to be trusted; null for never. From then on its permissions are refused, whenever they end.</summary>
    public DateTimeOffset? NotAfter { get; }

    /// <summary>Whether the key is trusted now. Ticks from the epoch do not overflow, where times and a skew would.</summary>
    internal bool IsTrustedAt(DateTimeOffset now, TimeSpan skew) =>
        (NotBefore is null || now.UtcTicks + skew.Ticks >= NotBefore.Value.UtcTicks)
        && (NotAfter is null || now.UtcTicks < NotAfter.Value.UtcTicks + skew.Ticks);

    /// <summary>Whether the key was trusted when it signed, by the issuer's own clock: that of both times.</summary>
    internal bool MayHaveIssuedAt(DateTimeOffset issuedAt) =>
        !(issuedAt < NotBefore) && !(issuedAt >= NotAfter);
}
