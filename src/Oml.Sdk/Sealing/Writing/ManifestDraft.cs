using System.Collections.Immutable;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing.Chunks;
using Oml.Sdk.Sealing.Manifest;

namespace Oml.Sdk.Sealing.Writing;

/// <summary>A manifest whose entries are not sealed yet.</summary>
internal sealed class ManifestDraft(ModelPackage package, SealOptions options, ImmutableArray<byte> keyId, DateTimeOffset now)
{
    private readonly ImmutableSortedDictionary<string, string> _metadata =
        options.Metadata.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>Finds where the first entry starts: behind the longest manifest that can come of it, at a multiple of 4 KiB.</summary>
    /// <exception cref="ArgumentException">The manifest could become larger than its limit.</exception>
    public int ReserveHeader(PermissionIssuer publisher)
    {
        ImmutableArray<byte> hash = [.. new byte[ChunkHasher.HashSize]];
        ImmutableArray<byte> salt = [.. new byte[ChunkLayout.SaltSize]];
        SealedManifest largest = Complete(
            [.. package.Files.Select(file => new SealedEntry(file.Path, SealedLimits.MaxEntrySize) { Root = hash, Salt = salt, Commitment = hash })],
            int.MaxValue);
        int length = publisher.SignMessage(ManifestEncoder.Type, ManifestEncoder.Encode(largest)).Length;
        return length <= SealedLimits.MaxManifestBytes
            ? (FileHeader.Size + length + FileHeader.Alignment - 1) / FileHeader.Alignment * FileHeader.Alignment
            : throw new ArgumentException(
                $"The manifest would have up to {length} bytes; at most {SealedLimits.MaxManifestBytes} are allowed. " +
                "Seal fewer files, or give them shorter paths.");
    }

    public SealedManifest Complete(ImmutableArray<SealedEntry> entries, int bodyOffset) => new()
    {
        Name = options.Name,
        Version = options.Version,
        CreatedAt = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds()),
        Entries = entries,
        Graph = entries.First(entry => entry.Path == package.GraphPath),
        Metadata = _metadata,
        DeclaresEPContext = options.AllowEPContext,
        KeyId = keyId,
        BodyOffset = bodyOffset,
    };
}
