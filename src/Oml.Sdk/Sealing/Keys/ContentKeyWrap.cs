namespace Oml.Sdk.Sealing;

/// <summary>How a content key travels to one licensee (docs/spec/keys.md §2).</summary>
internal static class ContentKeyWrap
{
    public const HpkeAead Aead = HpkeAead.Aes256Gcm;

    /// <summary>What a wrapped key is bound to: it opens for this model only.</summary>
    public static byte[] Info(ModelId model) => [.. "oml content key 1"u8, .. model.ToArray()];
}
