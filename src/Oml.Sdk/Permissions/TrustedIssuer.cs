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
    {
        ClaimText.Check(name, PermissionLimits.MaxIssuerBytes, "The issuer's name", nameof(name));
        ArgumentNullException.ThrowIfNull(key);
        Name = name;
        Key = key;
    }

    /// <summary>The <c>iss</c> claim that the tokens of this key must have.</summary>
    public string Name { get; }

    /// <summary>The key.</summary>
    public IssuerPublicKey Key { get; }
}
