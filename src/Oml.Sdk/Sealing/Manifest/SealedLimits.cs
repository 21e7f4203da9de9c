namespace Oml.Sdk.Sealing.Manifest;

/// <summary>The limits of the format (docs/spec/sealed-model.md §6); all are checked before anything of that size is allocated.</summary>
internal static class SealedLimits
{
    public const int MaxManifestBytes = 4 * 1024 * 1024;
    public const int MaxEntries = 4096;
    public const int MaxPathBytes = 1024;
    public const int MaxNameBytes = 256;
    public const int MaxVersionBytes = 128;
    public const int MaxMetadata = 64;
    public const int MaxMetadataKeyBytes = 128;
    public const int MaxMetadataValueBytes = 4096;

    /// <summary>1 PiB an entry: far beyond any model, and no sum of entries overflows.</summary>
    public const long MaxEntrySize = 1L << 50;
}
