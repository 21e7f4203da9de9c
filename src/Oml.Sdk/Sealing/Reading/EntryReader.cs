using System.Security.Cryptography;
using Oml.Sdk.Sealing.Chunks;
using Oml.Sdk.Sealing.Storage;

namespace Oml.Sdk.Sealing.Reading;

/// <summary>Checks and decrypts the segments of one entry. Thread-safe; each thread brings a <see cref="Worker"/> of its own.</summary>
internal sealed class EntryReader : IDisposable
{
    private readonly SealedStorage _storage;
    private readonly ChunkKeys? _keys;
    private readonly SegmentTable _table;

    private EntryReader(SealedStorage storage, SealedEntry entry, ChunkKeys? keys)
    {
        _storage = storage;
        _keys = keys;
        Entry = entry;
        _table = SegmentTable.Read(storage, entry);
    }

    public SealedEntry Entry { get; }

    public long SegmentCount => Segments.Count(Entry.Size);

    /// <summary>Opens an entry.</summary>
    /// <param name="storage">The file.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="contentKey">The content key; empty to check hashes only.</param>
    /// <exception cref="SealedModelException">The key is another one, or the entry's salt, commitment or hashes were changed.</exception>
    public static EntryReader Open(SealedStorage storage, SealedEntry entry, ReadOnlySpan<byte> contentKey)
    {
        byte[] header = new byte[ChunkLayout.HeaderSize];
        storage.Read(entry.Offset, header);
        if (!CryptographicOperations.FixedTimeEquals(header, [.. entry.Salt, .. entry.Commitment]))
        {
            throw new SealedModelException(
                SealedModelFailure.Tampered,
                $"The salt or commitment of the entry '{entry.Path}' of '{storage.Name}' is not the one that the publisher signed for. Get the file again.");
        }

        if (contentKey.IsEmpty)
        {
            return new EntryReader(storage, entry, null);
        }

        ChunkKeys keys = ChunkKeys.Derive(contentKey, entry.Salt.AsSpan(), EntryContext.Of(entry.Path));
        try
        {
            return keys.IsCommittedBy(entry.Commitment.AsSpan()) ? new EntryReader(storage, entry, keys) : throw new SealedModelException(
                SealedModelFailure.WrongKey,
                $"The content key is not the one that '{storage.Name}' was sealed with. Ask the publisher for a permission for this model.");
        }
        catch
        {
            keys.Dispose();
            throw;
        }
    }

    public Worker CreateWorker() => new(this);

    public void Dispose() => _keys?.Dispose();

    /// <summary>One thread's share. It reads a segment into memory of its own, so that what is checked is what is decrypted.</summary>
    public sealed class Worker(EntryReader reader) : IDisposable
    {
        private readonly SegmentOpener _opener = new(reader._keys);
        private readonly byte[] _chunks = GC.AllocateUninitializedArray<byte>((int)Math.Min(Segments.SealedSize, ChunkLayout.SealedBodySize(reader.Entry.Size)));

        /// <summary>Reads a segment and checks it against the hashes.</summary>
        /// <exception cref="SealedModelException">It was changed.</exception>
        public ReadOnlySpan<byte> ReadIntact(long segment)
        {
            SealedEntry entry = reader.Entry;
            Span<byte> chunks = _chunks.AsSpan(0, Segments.SealedSizeOf(segment, entry.Size));
            reader._storage.Read(entry.ChunksOffset + (segment * Segments.SealedSize), chunks);
            return _opener.IsIntact(chunks, reader._table[segment]) ? chunks : throw new SealedModelException(
                SealedModelFailure.Tampered,
                $"The entry '{entry.Path}' of '{reader._storage.Name}' is not what the publisher signed for: {Describe(segment)} were " +
                "changed. Get the file again.");
        }

        /// <summary>Reads a segment, checks it, and decrypts it.</summary>
        /// <param name="segment">Its number.</param>
        /// <param name="plaintext">Exactly as many bytes as it holds.</param>
        /// <exception cref="SealedModelException">It was changed, or the publisher sealed it wrongly.</exception>
        public void Decrypt(long segment, Span<byte> plaintext)
        {
            if (_opener.Decrypt(segment, ReadIntact(segment), plaintext) >= 0)
            {
                throw new SealedModelException(
                    SealedModelFailure.NotAuthentic,
                    $"The entry '{reader.Entry.Path}' of '{reader._storage.Name}' was signed but not encrypted with the content key: " +
                    $"{Describe(segment)} are not authentic. The publisher must seal it again.");
            }
        }

        public void Dispose() => _opener.Dispose();

        private string Describe(long segment)
        {
            long start = segment * Segments.Size;
            return $"bytes {start} to {start + Segments.SizeOf(segment, reader.Entry.Size)}";
        }
    }
}
