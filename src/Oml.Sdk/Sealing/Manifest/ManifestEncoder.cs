using System.Formats.Cbor;

namespace Oml.Sdk.Sealing.Manifest;

/// <summary>Writes a manifest in the one form that the specification allows (RFC 8949 §4.2.1).</summary>
internal static class ManifestEncoder
{
    /// <summary>The media type in <c>typ</c> (RFC 9596).</summary>
    public static ReadOnlySpan<byte> Type => "application/oml-sealed-model+cbor"u8;

    public static byte[] Encode(SealedManifest manifest)
    {
        CborWriter writer = new(CborConformanceMode.Ctap2Canonical, convertIndefiniteLengthEncodings: true);
        writer.WriteStartMap(null);
        writer.WriteInt32(ManifestLabel.Format);
        writer.WriteInt32(FileHeader.Format);
        Text(ManifestLabel.Name, manifest.Name);
        Text(ManifestLabel.Version, manifest.Version);
        writer.WriteInt32(ManifestLabel.CreatedAt);
        writer.WriteInt64(manifest.CreatedAt.ToUnixTimeSeconds());
        writer.WriteInt32(ManifestLabel.BodyOffset);
        writer.WriteInt32(manifest.BodyOffset);
        writer.WriteInt32(ManifestLabel.Entries);
        WriteEntries(writer, manifest);
        Text(ManifestLabel.Graph, manifest.Graph.Path);
        writer.WriteInt32(ManifestLabel.KeyId);
        writer.WriteByteString(manifest.KeyId.AsSpan());
        WriteMetadata(writer, manifest);
        if (manifest.DeclaresEPContext)
        {
            writer.WriteInt32(ManifestLabel.EPContext);
            writer.WriteBoolean(true);
        }

        writer.WriteEndMap();
        return writer.Encode();

        void Text(int label, string value)
        {
            writer.WriteInt32(label);
            writer.WriteTextString(value);
        }
    }

    private static void WriteEntries(CborWriter writer, SealedManifest manifest)
    {
        writer.WriteStartArray(manifest.Entries.Length);
        foreach (SealedEntry entry in manifest.Entries)
        {
            writer.WriteStartArray(5);
            writer.WriteTextString(entry.Path);
            writer.WriteInt64(entry.Size);
            writer.WriteByteString(entry.Root.AsSpan());
            writer.WriteByteString(entry.Salt.AsSpan());
            writer.WriteByteString(entry.Commitment.AsSpan());
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static void WriteMetadata(CborWriter writer, SealedManifest manifest)
    {
        if (manifest.Metadata.IsEmpty)
        {
            return;
        }

        writer.WriteInt32(ManifestLabel.Metadata);
        writer.WriteStartMap(manifest.Metadata.Count);
        foreach ((string key, string value) in manifest.Metadata)
        {
            writer.WriteTextString(key);
            writer.WriteTextString(value);
        }

        writer.WriteEndMap();
    }
}
