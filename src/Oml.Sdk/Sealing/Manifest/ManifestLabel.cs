namespace Oml.Sdk.Sealing.Manifest;

/// <summary>The keys of the manifest (docs/spec/sealed-model.md §4). They are fixed for good and never reused.</summary>
internal static class ManifestLabel
{
    public const int Format = 1;
    public const int Name = 2;
    public const int Version = 3;
    public const int CreatedAt = 4;
    public const int BodyOffset = 5;
    public const int Entries = 6;
    public const int Graph = 7;
    public const int KeyId = 8;
    public const int Metadata = 9;
    public const int EPContext = 10;
}
