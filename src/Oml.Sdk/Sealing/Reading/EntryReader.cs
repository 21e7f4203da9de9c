using System.Security.Cryptography;
using Oml.Sdk.Sealing.Chunks;
using Oml.Sdk.Sealing.Memory;
using Oml.Sdk.Sealing.Storage;

namespace Oml.Sdk.Sealing.Reading;

/// <summary>Checks and decrypts the segments of one entry. Thread-safe; each thread brings a <see cref="Worker"/> of its own.</summary>
internal sealed class EntryReader : IDisposable
{
    private readonly SealedStorage _storage;
    private readonly ChunkKeys? _keys;

    private EntryReader(SealedStorage storage, SealedEntry entry, ChunkKeys? keys, SegmentTable? table)
    {
        _storage = storage;
        _keys = keys;
        Entry = entry;
        Table = table ?? SegmentTable.Read(storage, entry);
    }

    public SealedEntry Entry { get; }

    /// <summary>The roots of its segments, found to be those that were signed for.</summary>
    public SegmentTable Table { get; }

    public long SegmentCount => Segments.Count(Entry.Size);

    /// <summary>How many huge pages it fills, the last of them maybe in part.</summary>
    public long HugePageCount => (Entry.Size + SecretMemory.HugePage - 1) / SecretMemory.HugePage;

    /// <summary>Opens an entry.</summary>
    /// <param name="storage">The file.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="contentKey">The content key, whose id is the manifest's; empty to check hashes only.</param>
    /// <param name="table">What an earlier reader of the entry found to be its roots, if there was one: they are not read again.</param>
    /// <exception cref="SealedModelException">The entry's salt, commitment or hashes were changed, or it was sealed with another key.</exception>
    public static EntryReader Open(SealedStorage storage, SealedEntry entry, ReadOnlySpan<byte> contentKey, SegmentTable? table = null)
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
            return new EntryReader(storage, entry, null, table);
        }

        ChunkKeys keys = ChunkKeys.Derive(contentKey, entry.Salt.AsSpan(), EntryContext.Of(entry.Path));
        try
        {
            // The key is the one that the manifest names, so that it is the publisher who made a mistake, not who reads.
            return keys.IsCommittedBy(entry.Commitment.AsSpan()) ? new EntryReader(storage, entry, keys, table) : throw new SealedModelException(
                SealedModelFailure.NotAuthentic,
                $"The entry '{entry.Path}' of '{storage.Name}' was signed but not encrypted with the content key. The publisher must seal it again.");
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
        private SecretMemory? _hugePage;

        /// <summary>Reads a segment and checks it against the hashes.</summary>
        /// <exception cref="SealedModelException">It was changed.</exception>
        public ReadOnlySpan<byte> ReadIntact(long segment)
        {
            SealedEntry entry = reader.Entry;
            Span<byte> chunks = _chunks.AsSpan(0, Segments.SealedSizeOf(segment, entry.Size));
            reader._storage.Read(entry.ChunksOffset + (segment * Segments.SealedSize), chunks);
            return _opener.IsIntact(chunks, reader.Table[segment]) ? chunks : throw new SealedModelException(
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

        /// <summary>Does so with the segments of a huge page, and delivers it.</summary>
        /// <param name="hugePage">Its number.</param>
        /// <param name="pages">The memory of the whole entry.</param>
        /// <exception cref="SealedModelException">Something of it was changed, or the publisher sealed it wrongly; then nothing was delivered.</exception>
        public void Deliver(long hugePage, PageDelivery pages)
        {
            _hugePage ??= SecretMemory.Allocate(SecretMemory.HugePage);
            long offset = hugePage * SecretMemory.HugePage;
            int size = (int)Math.Min(SecretMemory.HugePage, reader.Entry.Size - offset);
            for (int done = 0; done < size; done += Segments.Size)
            {
                Decrypt((offset + done) / Segments.Size, _hugePage.Slice(done, Math.Min(Segments.Size, size - done)));
            }

            if (size == SecretMemory.HugePage)
            {
                pages.Deliver(offset, _hugePage);
                return;
            }

            Span<byte> last = _hugePage.Slice(0, (int)PageDelivery.RoundUp(size));
            last[size..].Clear();
            pages.Deliver(offset, last);
        }

        public void Dispose()
        {
            _opener.Dispose();
            _hugePage?.Dispose();
        }

        private string Describe(long segment)
        {
            long start = segment * Segments.Size;
            return $"bytes {start} to {start + Segments.SizeOf(segment, reader.Entry.Size)}";
        }
    }
}
