using System.Security.Cryptography;
using Oml.Sdk.Sealing.Chunks;
using Oml.Sdk.Sealing.Storage;

namespace Oml.Sdk.Sealing.Reading;

/// <summary>The roots of an entry's segments, checked against the root that the publisher signed. Immutable and thread-safe.</summary>
internal sealed class SegmentTable
{
    private readonly byte[] _roots;

    private SegmentTable(byte[] roots) => _roots = roots;

    public ReadOnlySpan<byte> this[long segment] => _roots.AsSpan((int)segment * ChunkHasher.HashSize, ChunkHasher.HashSize);

    /// <exception cref="SealedModelException">The roots are not those that were signed for.</exception>
    public static SegmentTable Read(SealedStorage storage, SealedEntry entry)
    {
        // The file was found to be as long as the manifest says, so this is bounded by what is there.
        long length = Segments.TableSize(entry.Size);
        if (length > Array.MaxLength)
        {
            throw new SealedModelException(
                SealedModelFailure.MalformedManifest, $"The entry '{entry.Path}' of '{storage.Name}' is too large to be read: {entry.Size} bytes.");
        }

        byte[] roots = new byte[length];
        storage.Read(entry.TableOffset, roots);
        byte[] root = new byte[ChunkHasher.HashSize];
        using ChunkHasher hasher = new();
        hasher.Root((byte[])roots.Clone(), root);
        return CryptographicOperations.FixedTimeEquals(root, entry.Root.AsSpan())
            ? new SegmentTable(roots)
            : throw new SealedModelException(
                SealedModelFailure.Tampered,
                $"The hashes of the entry '{entry.Path}' of '{storage.Name}' are not those that the publisher signed for. Get the file again.");
    }
}
