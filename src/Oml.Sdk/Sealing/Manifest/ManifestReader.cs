using System.Collections.Immutable;
using System.Formats.Cbor;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing.Chunks;

namespace Oml.Sdk.Sealing.Manifest;

/// <summary>Reads a manifest whose signature was verified.</summary>
internal static class ManifestReader
{
    // The end of the year 9999.
    private const long MaxUnixSeconds = 253_402_300_799;

    /// <exception cref="MalformedTokenException">The manifest has another form, or contradicts itself.</exception>
    public static SealedManifest Read(ReadOnlyMemory<byte> payload)
    {
        try
        {
            return new Parts().Read(StrictCbor.Open(payload));
        }
        catch (Exception error) when (StrictCbor.IsMalformed(error))
        {
            throw new MalformedTokenException("it is truncated or not deterministic CBOR");
        }
    }

    private sealed class Parts
    {
        private string? _name;
        private string? _version;
        private long? _createdAt;
        private int? _bodyOffset;
        private ImmutableArray<SealedEntry> _entries;
        private string? _graph;
        private ImmutableArray<byte> _keyId;
        private ImmutableSortedDictionary<string, string> _metadata = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        private bool _isVersioned;
        private bool _declaresEPContext;

        public SealedManifest Read(CborReader reader)
        {
            int? count = reader.ReadStartMap();
            for (int i = 0; i < count; i++)
            {
                ReadValue(reader);
            }

            reader.ReadEndMap();
            Require(reader.BytesRemaining == 0, "bytes follow its end");
            Require(_isVersioned, "it lacks the format");
            ImmutableArray<SealedEntry> entries = Given(_entries, "the entries");
            string graph = Given(_graph, "the graph");
            SealedManifest manifest = new()
            {
                Name = Given(_name, "the name"),
                Version = Given(_version, "the version"),
                CreatedAt = DateTimeOffset.FromUnixTimeSeconds(Given(_createdAt, "the time")),
                BodyOffset = Given(_bodyOffset, "the offset of the body"),
                Entries = entries,
                Graph = entries.FirstOrDefault(entry => entry.Path == graph)
                    ?? throw new MalformedTokenException("it names a graph that is not among its entries"),
                KeyId = Given(_keyId, "the id of the content key"),
                Metadata = _metadata,
                DeclaresEPContext = _declaresEPContext,
            };
            Place(manifest);
            return manifest;
        }

        private void ReadValue(CborReader reader)
        {
            switch (StrictCbor.Narrow(StrictCbor.ReadLabel(reader)))
            {
                case ManifestLabel.Format:
                    StrictCbor.ReadInteger(reader, FileHeader.Format, FileHeader.Format);
                    _isVersioned = true;
                    break;
                case ManifestLabel.Name:
                    _name = StrictCbor.ReadText(reader, SealedLimits.MaxNameBytes);
                    break;
                case ManifestLabel.Version:
                    _version = StrictCbor.ReadText(reader, SealedLimits.MaxVersionBytes);
                    break;
                case ManifestLabel.CreatedAt:
                    _createdAt = StrictCbor.ReadInteger(reader, 0, MaxUnixSeconds);
                    break;
                case ManifestLabel.BodyOffset:
                    _bodyOffset = (int)StrictCbor.ReadInteger(reader, FileHeader.Size, 2 * SealedLimits.MaxManifestBytes);
                    break;
                case ManifestLabel.Entries:
                    _entries = ReadEntries(reader);
                    break;
                case ManifestLabel.Graph:
                    _graph = StrictCbor.ReadText(reader, SealedLimits.MaxPathBytes);
                    break;
                case ManifestLabel.KeyId:
                    _keyId = [.. StrictCbor.ReadBytes(reader, ChunkHasher.HashSize).Span];
                    break;
                case ManifestLabel.Metadata:
                    _metadata = ReadMetadata(reader);
                    break;
                case ManifestLabel.EPContext:
                    Require(reader.ReadBoolean(), "it says false where it should say nothing");
                    _declaresEPContext = true;
                    break;
                default:
                    // Unlike a header nobody reads, a manifest is the contract: what is not understood is not agreed to.
                    throw new MalformedTokenException("it has a key that this version does not know");
            }
        }

        private static ImmutableArray<SealedEntry> ReadEntries(CborReader reader)
        {
            int? count = reader.ReadStartArray();
            Require(count is >= 1 and <= SealedLimits.MaxEntries, $"it does not have 1 to {SealedLimits.MaxEntries} entries");
            HashSet<string> paths = new(StringComparer.OrdinalIgnoreCase);
            ImmutableArray<SealedEntry>.Builder entries = ImmutableArray.CreateBuilder<SealedEntry>();
            for (int i = 0; i < count; i++)
            {
                Require(reader.ReadStartArray() == 5, "an entry is not an array of five");
                string path = StrictCbor.ReadText(reader, SealedLimits.MaxPathBytes);
                Require(EntryPath.FindFault(path) is null, "the path of an entry is absolute or climbs");

                // Two paths that differ in case only would be one file on some systems.
                Require(paths.Add(path), "two entries have one path");
                entries.Add(new SealedEntry(path, StrictCbor.ReadInteger(reader, 0, SealedLimits.MaxEntrySize))
                {
                    Root = [.. StrictCbor.ReadBytes(reader, ChunkHasher.HashSize).Span],
                    Salt = [.. StrictCbor.ReadBytes(reader, ChunkLayout.SaltSize).Span],
                    Commitment = [.. StrictCbor.ReadBytes(reader, ChunkLayout.CommitmentSize).Span],
                });
                reader.ReadEndArray();
            }

            Require(!paths.Any(path => FoldersOf(path).Any(paths.Contains)), "the path of an entry is a folder of another's");
            reader.ReadEndArray();
            return entries.ToImmutable();
        }

        private static ImmutableSortedDictionary<string, string> ReadMetadata(CborReader reader)
        {
            int? count = reader.ReadStartMap();
            Require(count is >= 1 and <= SealedLimits.MaxMetadata, $"it does not have 1 to {SealedLimits.MaxMetadata} pieces of metadata");
            ImmutableSortedDictionary<string, string>.Builder metadata =
                ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
            for (int i = 0; i < count; i++)
            {
                string key = StrictCbor.ReadText(reader, SealedLimits.MaxMetadataKeyBytes);
                metadata.Add(key, StrictCbor.ReadText(reader, SealedLimits.MaxMetadataValueBytes));
            }

            reader.ReadEndMap();
            return metadata.ToImmutable();
        }

        // Entries follow each other without gaps.
        private static void Place(SealedManifest manifest)
        {
            Require(manifest.BodyOffset % FileHeader.Alignment == 0, "its body is not aligned");
            long offset = manifest.BodyOffset;
            foreach (SealedEntry entry in manifest.Entries)
            {
                entry.Offset = offset;
                offset = checked(offset + entry.SealedSize);
            }
        }

        private static T Given<T>(T? value, string what)
            where T : class => value ?? throw new MalformedTokenException($"it lacks {what}");

        private static T Given<T>(T? value, string what)
            where T : struct => value ?? throw new MalformedTokenException($"it lacks {what}");

        private static ImmutableArray<T> Given<T>(ImmutableArray<T> value, string what) =>
            value.IsDefault ? throw new MalformedTokenException($"it lacks {what}") : value;

        private static void Require(bool condition, string otherwise)
        {
            if (!condition)
            {
                throw new MalformedTokenException(otherwise);
            }
        }

        private static IEnumerable<string> FoldersOf(string path)
        {
            for (int slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
            {
                yield return path[..slash];
            }
        }
    }
}
