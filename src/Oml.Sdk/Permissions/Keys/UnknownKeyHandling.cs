namespace Oml.Sdk.Permissions;

/// <summary>What happens to a key in a set that is of a type, curve, algorithm or use that this version or platform does not verify with.</summary>
public enum UnknownKeyHandling
{
    /// <summary>It is passed over and reported in <see cref="IssuerKeySet.Ignored"/>, as RFC 7517 §5 recommends. The default.</summary>
    Ignore,

    /// <summary>It makes the whole set be refused.</summary>
    Refuse,
}
