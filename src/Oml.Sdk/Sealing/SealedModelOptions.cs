using Oml.Sdk.Permissions;

namespace Oml.Sdk.Sealing;

/// <summary>How an application uses a sealed model.</summary>
public sealed class SealedModelOptions
{
    /// <summary>The keys that may have signed the model.</summary>
    /// <value>The default is none: then those of the trusted issuers may.</value>
    public IList<IssuerPublicKey> TrustedPublishers { get; } = [];

    /// <summary>
    /// Whether the decrypted model is closed, and its memory cleared, when the last session has ended: disposed, or because its
    /// permission ended or was revoked. The next permission opens it again.
    /// </summary>
    /// <value>The default is false: once opened, it stays open until it is disposed.</value>
    public bool CloseWhenUnused { get; set; }
}
