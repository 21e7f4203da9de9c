namespace Oml.Sdk.Permissions;

/// <summary>The keys of an issuer could not be loaded.</summary>
public sealed class IssuerKeySetException : OmlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="issuer">The issuer's name.</param>
    /// <param name="message">What failed, and what to do next. Never contains a key.</param>
    /// <param name="innerException">What the source threw.</param>
    public IssuerKeySetException(string issuer, string message, Exception? innerException = null)
        : base(message, innerException) => Issuer = issuer;

    /// <summary>The issuer's name.</summary>
    public string Issuer { get; }
}
