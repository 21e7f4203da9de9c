namespace Oml.Sdk.Permissions.Revocation;

/// <summary>The keys that may sign the status lists of one issuer: those that are trusted for its permissions at that time. Thread-safe.</summary>
internal sealed class StatusListKeys(string issuer, IssuerKeyRing ring, TimeProvider time, TimeSpan clockSkew)
{
    public IssuerPublicKey? Find(KeyThumbprint keyId)
    {
        DateTimeOffset now = time.GetUtcNow();
        return ring.Current.Find(keyId) is { } trusted
            && trusted.Issuers.Any(name => string.Equals(name.Name, issuer, StringComparison.Ordinal) && name.IsTrustedAt(now, clockSkew))
            ? trusted.Key
            : null;
    }

    /// <summary>Looks for a key that is not known: an issuer may sign its list with a new key before it signs a permission with that.</summary>
    public async ValueTask LookForAsync(KeyThumbprint keyId, CancellationToken cancellationToken)
    {
        if (Find(keyId) is null && ring.LoadForUnknownKey(issuer) is { } load)
        {
            await load.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
