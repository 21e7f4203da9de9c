using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.DependencyInjection;

/// <summary>An issuer to trust: its public key, in place or in a file, or a file with its present keys; and its name.</summary>
public sealed class TrustedIssuerOptions : IValidatableObject
{
    /// <summary>The name that the issuer's permissions carry; null for the name made of the key. With <see cref="KeySetFile"/>, it is needed.</summary>
    /// <value>The default is null.</value>
    public string? Name { get; set; }

    /// <summary>The public key, as PEM (<c>-----BEGIN PUBLIC KEY-----</c>).</summary>
    /// <value>The default is null.</value>
    public string? PublicKeyPem { get; set; }

    /// <summary>The path of a file that holds the public key as PEM.</summary>
    /// <value>The default is null.</value>
    public string? PublicKeyFile { get; set; }

    /// <summary>When the key starts to be trusted, a whole second. Of the keys of a set, the set says it.</summary>
    /// <value>The default is null: always.</value>
    public DateTimeOffset? NotBefore { get; set; }

    /// <summary>When the key ceases to be trusted, a whole second after <see cref="NotBefore"/>. Of the keys of a set, the set says it.</summary>
    /// <value>The default is null: never.</value>
    public DateTimeOffset? NotAfter { get; set; }

    /// <summary>
    /// The path of a file with the issuer's present keys: a JWK Set, a COSE_KeySet, or PEM. It is read again and again, see
    /// <see cref="TrustedIssuerSource"/>.
    /// </summary>
    /// <value>The default is null.</value>
    public string? KeySetFile { get; set; }

    /// <summary>How long the keys of <see cref="KeySetFile"/> are used before it is read again. 1 second to 1 day.</summary>
    /// <value>The default is 5 minutes.</value>
    public TimeSpan KeySetRefreshInterval { get; set; } = TrustedIssuerSource.DefaultRefreshInterval;

    /// <summary>Trusts the issuer.</summary>
    internal void AddTo(OmlModelBuilder builder)
    {
        if (!string.IsNullOrEmpty(KeySetFile))
        {
            builder.TrustIssuer(new TrustedIssuerSource(Name!, IssuerKeySetSource.FromFile(KeySetFile)) { RefreshInterval = KeySetRefreshInterval });
            return;
        }

        IssuerPublicKey key = ReadKey();
        builder.TrustIssuer(Name ?? key.DefaultIssuerName, new IssuerKeySet(new IssuerSetKey(key, NotBefore, NotAfter)));
    }

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

        if (WhyOutOfTime() is { } time)
        {
            yield return time;
        }

        if (new[] { PublicKeyPem, PublicKeyFile, KeySetFile }.Count(given => !string.IsNullOrEmpty(given)) != 1)
        {
            yield return new ValidationResult(
                $"A trusted issuer needs either {nameof(PublicKeyPem)} or {nameof(PublicKeyFile)} or {nameof(KeySetFile)}.",
                [nameof(PublicKeyPem), nameof(PublicKeyFile), nameof(KeySetFile)]);
        }
        else if (!string.IsNullOrEmpty(KeySetFile))
        {
            if (string.IsNullOrEmpty(Name))
            {
                yield return new ValidationResult($"A trusted issuer with a {nameof(KeySetFile)} needs a {nameof(Name)}.", [nameof(Name)]);
            }

            if (WhySetUnreadable() is { } fault)
            {
                yield return new ValidationResult($"{nameof(KeySetFile)} holds no keys that can be used: {fault}", [nameof(KeySetFile)]);
            }
        }
        else if (WhyUnreadable() is { } reason)
        {
            string name = string.IsNullOrEmpty(PublicKeyFile) ? nameof(PublicKeyPem) : nameof(PublicKeyFile);
            yield return new ValidationResult($"{name} holds no public key that can be used: {reason}", [name]);
        }
    }

    /// <summary>The key, or null when it cannot be read.</summary>
    internal IssuerPublicKey? TryReadKey() => string.IsNullOrEmpty(KeySetFile) ? TryReadKey(out _) : null;

    private ValidationResult? WhyOutOfTime()
    {
        if (KeySetRefreshInterval < TimeSpan.FromSeconds(1) || KeySetRefreshInterval > TrustedIssuerSource.GreatestRefreshInterval)
        {
            return new($"{nameof(KeySetRefreshInterval)} must be 1 second to 1 day; it is {KeySetRefreshInterval}.", [nameof(KeySetRefreshInterval)]);
        }

        if ((NotBefore ?? NotAfter) is not null && !string.IsNullOrEmpty(KeySetFile))
        {
            return new($"Of the keys of a {nameof(KeySetFile)}, the set says when they are trusted.", [nameof(NotBefore), nameof(NotAfter)]);
        }

        try
        {
            KeyTimes.Check(NotBefore, NotAfter, nameof(NotBefore), nameof(NotAfter));
            return null;
        }
        catch (ArgumentException error)
        {
            return new(error.Message, [nameof(NotBefore), nameof(NotAfter)]);
        }
    }

    private string? WhySetUnreadable()
    {
        try
        {
            // Validation is not asynchronous; a file does not make it wait for long.
            IssuerKeySetSource.FromFile(KeySetFile!).LoadAsync().AsTask().GetAwaiter().GetResult();
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
            return error.Message;
        }
    }

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
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException
            or PlatformNotSupportedException)
        {
            reason = error.Message;
            return null;
        }
    }
}
