using Oml.Sdk.Permissions;

namespace Oml.Sdk.Sealing;

/// <summary>Takes the content key from the permission, where the publisher wrapped it for the licensee's key.</summary>
/// <remarks>
/// This is how a licensee opens a sealed model: without a permission there is no key. Thread-safe. It completes on the calling
/// thread, and a call costs well under a millisecond. It does not own the licensee key, which must outlive it.
/// </remarks>
public sealed class LicenseeKeyProvider : IContentKeyProvider
{
    private readonly LicenseeKey _key;

    /// <summary>Creates a provider.</summary>
    /// <param name="key">The licensee's private key.</param>
    public LicenseeKeyProvider(LicenseeKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        _key = key;
    }

    /// <inheritdoc/>
    /// <value>True.</value>
    public bool ReadsPermission => true;

    /// <inheritdoc/>
    /// <exception cref="ContentKeyException">
    /// The permission carries no content key, or one for another licensee key or model.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The licensee key was disposed.</exception>
    public ValueTask<ContentKey> GetContentKeyAsync(ContentKeyRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<ContentKey>(cancellationToken);
        }

        try
        {
            return request.Permission.WrappedContentKey is { } wrapped
                ? new(_key.Unwrap(wrapped.Span, request.Model))
                : throw new ContentKeyException(
                    $"The permission carries no content key. Ask {DenialText.Quote(request.Permission.Issuer)} for one that has the key " +
                    $"of the model {request.Model}, wrapped for the licensee key {_key.PublicKey}.");
        }
        catch (Exception error) when (error is ContentKeyException or ObjectDisposedException)
        {
            return ValueTask.FromException<ContentKey>(error);
        }
    }
}
