namespace Oml.Sdk.Permissions;

/// <summary>A key of an <see cref="IssuerKeySet"/> and when it is trusted. Immutable and thread-safe.</summary>
public sealed class IssuerSetKey
{
    /// <summary>Says when a key is trusted.</summary>
    /// <param name="key">The key.</param>
    /// <param name="notBefore">When it starts to be trusted, a whole second from 1970 on; null for always.</param>
    /// <param name="notAfter">When it ceases to be trusted, a whole second from 1970 on and after <paramref name="notBefore"/>; null for never.</param>
    /// <exception cref="ArgumentException">A time is no whole second or before 1970, or the end is not after the start.</exception>
    public IssuerSetKey(IssuerPublicKey key, DateTimeOffset? notBefore = null, DateTimeOffset? notAfter = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        KeyTimes.Check(notBefore, notAfter, nameof(notBefore), nameof(notAfter));
        Key = key;
        NotBefore = notBefore;
        NotAfter = notAfter;
    }

    /// <summary>The key.</summary>
    public IssuerPublicKey Key { get; }

    /// <summary>When it starts to be trusted; null for always. Permissions that were issued earlier are refused.</summary>
    public DateTimeOffset? NotBefore { get; }

    /// <summary>When it ceases to be trusted; null for never. From then on its permissions are refused, whenever they end.</summary>
    public DateTimeOffset? NotAfter { get; }
}
