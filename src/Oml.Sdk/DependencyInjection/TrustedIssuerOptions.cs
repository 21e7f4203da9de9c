using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.DependencyInjection;

/// <summary>An issuer to trust: its public key, in place or in a file, and its name.</summary>
public sealed class TrustedIssuerOptions : IValidatableObject
{
    /// <summary>The name that the issuer's permissions carry; null for the name made of the key.</summary>
    /// <value>The default is null.</value>
    public string? Name { get; set; }

    /// <summary>The public key, as PEM (<c>-----BEGIN PUBLIC KEY-----</c>).</summary>
    /// <value>The default is null.</value>
    public string? PublicKeyPem { get; set; }

    /// <summary>The path of a file that holds the public key as PEM.</summary>
    /// <value>The default is null.</value>
    public string? PublicKeyFile { get; set; }

    /// <summary>Reads the key, wherever it is.</summary>
    internal IssuerPublicKey ReadKey() => IssuerPublicKey.ImportFromPem(string.IsNullOrEmpty(PublicKeyPem) ? File.ReadAllText(PublicKeyFile!) : PublicKeyPem);

    /// <summary>Refuses an entry that does not have exactly one key, or whose key cannot be read.</summary>
    /// <param name="validationContext">Not used.</param>
    /// <returns>What is wrong, if anything is.</returns>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Name is { Length: 0 })
        {
            yield return new ValidationResult($"{nameof(Name)} is empty; leave it out for the name made of the key.", [nameof(Name)]);
        }

        if (string.IsNullOrEmpty(PublicKeyPem) == string.IsNullOrEmpty(PublicKeyFile))
        {
            yield return new ValidationResult(
                $"A trusted issuer needs either {nameof(PublicKeyPem)} or {nameof(PublicKeyFile)}.",
                [nameof(PublicKeyPem), nameof(PublicKeyFile)]);
        }
        else if (WhyUnreadable() is { } reason)
        {
            string name = string.IsNullOrEmpty(PublicKeyFile) ? nameof(PublicKeyPem) : nameof(PublicKeyFile);
            yield return new ValidationResult($"{name} holds no public key that can be used: {reason}", [name]);
        }
    }

    /// <summary>The key, or null when it cannot be read.</summary>
    internal IssuerPublicKey? TryReadKey() => TryReadKey(out _);

    private string? WhyUnreadable()
    {
        TryReadKey(out string? reason);
        return reason;
    }

    private IssuerPublicKey? TryReadKey(out string? reason)
    {
        try
        {
            reason = null;
            return ReadKey();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
            reason = error.Message;
            return null;
        }
    }
}
