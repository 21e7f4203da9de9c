namespace Oml.Sdk.Sealing;

/// <summary>Where the content key of a sealed model comes from.</summary>
/// <remarks>
/// <para>The contract, which <c>ContentKeyProviderContract</c> of Oml.Sdk.Testing checks:</para>
/// <list type="bullet">
/// <item>Any number of callers at once.</item>
/// <item>Each call returns a key of its own, which the caller disposes; that leaves the provider and other callers' keys alone.</item>
/// <item>A key that cannot be had is a <see cref="ContentKeyException"/> that says what a person can do; no message contains a
/// secret. A provider that knows which model its key is for never returns it for another one.</item>
/// </list>
/// <para>Ours are <see cref="LicenseeKeyProvider"/>, <see cref="FileContentKeyProvider"/> and
/// <see cref="EnvironmentContentKeyProvider"/>. A key management service is an implementation of your own; with a client
/// <c>kms</c> that decrypts what it once encrypted under the name of the model:</para>
/// <code>
/// public sealed class KmsContentKeyProvider(IKms kms) : IContentKeyProvider
/// {
///     public async ValueTask&lt;ContentKey&gt; GetContentKeyAsync(ContentKeyRequest request, CancellationToken cancellationToken)
///     {
///         byte[] key;
///         try
///         {
///             key = await kms.DecryptAsync(request.Model.ToString(), cancellationToken);
///         }
///         catch (KmsException error)
///         {
///             throw new ContentKeyException($"The KMS does not give the key of {request.Model}.", error);
///         }
///
///         try
///         {
///             return ContentKey.Import(key);
///         }
///         finally
///         {
///             CryptographicOperations.ZeroMemory(key);
///         }
///     }
/// }
/// </code>
/// </remarks>
public interface IContentKeyProvider
{
    /// <summary>Whether the key comes out of the permission, so that it shows whom the permission is for.</summary>
    /// <value>
    /// The default is false: the key is asked for once, to open the model. When true, every permission that carries a wrapped content key
    /// is asked for, also while the model is open, and refused when its key is not the model's. A provider that hands on to another one
    /// of this kind returns true as well.
    /// </value>
    bool ReadsPermission => false;

    /// <summary>Gets the content key of a model.</summary>
    /// <param name="request">The model and the permission under which it is opened.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>The key, which the caller disposes.</returns>
    /// <exception cref="ContentKeyException">The key cannot be had.</exception>
    ValueTask<ContentKey> GetContentKeyAsync(ContentKeyRequest request, CancellationToken cancellationToken = default);
}
