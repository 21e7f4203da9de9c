using System.Collections.Concurrent;
using System.Security.Cryptography;
using Oml.Sdk.Sealing.Chunks;
using Oml.Sdk.Sealing.Memory;
using Oml.Sdk.Sealing.Reading;
using Oml.Sdk.Sealing.Storage;

namespace Oml.Sdk.Sealing;

/// <summary>The contents of a sealed model, opened with its content key: any part can be read, and nothing is returned that was changed.</summary>
/// <remarks>Thread-safe. Every part is checked against what the publisher signed for before it is decrypted.</remarks>
public sealed class UnlockedModel : IDisposable
{
    private readonly SealedStorage _storage;
    private readonly SecretBytes _key;

    // By path. They are immutable and were checked: an entry that is read in small parts is not to be hashed over and over.
    private readonly ConcurrentDictionary<string, SegmentTable> _tables = new(StringComparer.Ordinal);
    private int _disposed;

    internal UnlockedModel(SealedModel model, SealedStorage storage, ContentKey contentKey)
    {
        _key = contentKey.CopySecret();
        if (!CryptographicOperations.FixedTimeEquals(ContentKeyId.Of(_key.Read(this)), model.Manifest.KeyId.AsSpan()))
        {
            _key.Dispose();
            throw new SealedModelException(
                SealedModelFailure.WrongKey,
                $"The content key is not the one that '{storage.Name}' was sealed with. Ask the publisher for a permission for this model.");
        }

        Model = model;
        _storage = storage;
    }

    /// <summary>The sealed model.</summary>
    public SealedModel Model { get; }

    /// <summary>Reads a part of an entry.</summary>
    /// <param name="path">The path of the entry.</param>
    /// <param name="offset">Where to start, in bytes of content.</param>
    /// <param name="destination">As many bytes as are wanted; they must be there.</param>
    /// <exception cref="SealedModelException">There is no such entry, or what it holds there was changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The entry has no such bytes.</exception>
    /// <exception cref="ObjectDisposedException">The contents were closed.</exception>
    public void Read(string path, long offset, Span<byte> destination)
    {
        SealedEntry entry = Find(path);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, entry.Size - destination.Length);
        if (destination.IsEmpty)
        {
            return;
        }

        using EntryReader reader = Open(entry);
        using EntryReader.Worker worker = reader.CreateWorker();
        byte[] content = GC.AllocateUninitializedArray<byte>((int)Math.Min(Segments.Size, entry.Size), pinned: true);
        try
        {
            while (!destination.IsEmpty)
            {
                long segment = offset / Segments.Size;
                Span<byte> piece = content.AsSpan(0, Segments.SizeOf(segment, entry.Size));
                worker.Decrypt(segment, piece);
                piece = piece[(int)(offset - (segment * Segments.Size))..];
                piece = piece[..Math.Min(piece.Length, destination.Length)];
                piece.CopyTo(destination);
                destination = destination[piece.Length..];
                offset += piece.Length;
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>Reads an entry of at most 2 GiB into managed memory.</summary>
    /// <param name="path">The path of the entry.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>Its bytes, in an array that the garbage collector does not move; clear it when it is no longer needed.</returns>
    /// <exception cref="SealedModelException">There is no such entry, it is larger than an array can be, or it was changed.</exception>
    /// <exception cref="ObjectDisposedException">The contents were closed.</exception>
    public async Task<byte[]> ReadAllBytesAsync(string path, CancellationToken cancellationToken = default)
    {
        SealedEntry entry = Find(path);
        if (entry.Size > Array.MaxLength)
        {
            throw new SealedModelException(
                SealedModelFailure.InvalidGraph, $"The entry '{path}' has {entry.Size} bytes; an array holds {Array.MaxLength} at most.");
        }

        byte[] content = GC.AllocateUninitializedArray<byte>((int)entry.Size, pinned: true);
        try
        {
            using EntryReader reader = Open(entry);
            await ParallelSegments.RunAsync(
                reader,
                (worker, segment) => worker.Decrypt(segment, content.AsSpan((int)(segment * Segments.Size), Segments.SizeOf(segment, entry.Size))),
                cancellationToken).ConfigureAwait(false);
            return content;
        }
        catch
        {
            CryptographicOperations.ZeroMemory(content);
            throw;
        }
    }

    /// <summary>Writes an entry of any size to a stream, in order, decrypted on all processors. About 2 MiB of memory for each.</summary>
    /// <param name="path">The path of the entry.</param>
    /// <param name="destination">A writable stream; it stays open. When this fails, it holds an intact beginning of the entry.</param>
    /// <param name="progress">Told about ten times a second how far it has come.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>When all of it was written.</returns>
    /// <exception cref="SealedModelException">There is no such entry, or it was changed.</exception>
    /// <exception cref="ObjectDisposedException">The contents were closed.</exception>
    public async Task CopyToAsync(
        string path, Stream destination, IProgress<SealProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        SealedEntry entry = Find(path);
        using EntryReader reader = Open(entry);
        ProgressMeter meter = new(progress, entry.Size);
        await EntryCopier.CopyAsync(reader, destination, meter, cancellationToken).ConfigureAwait(false);
        meter.Finish();
    }

    /// <summary>Closes the contents and clears the key.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _disposed, 1);
        _key.Dispose();
    }

    /// <summary>Decrypts an entry of any size on all processors, straight into native memory of its size.</summary>
    internal async Task FillAsync(string path, SecretMemory memory, CancellationToken cancellationToken)
    {
        SealedEntry entry = Find(path);
        using EntryReader reader = Open(entry);
        await ParallelSegments.RunAsync(
            reader,
            (worker, segment) => worker.Decrypt(segment, memory.Slice(segment * Segments.Size, Segments.SizeOf(segment, entry.Size))),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Decrypts an entry of any size on all processors, from its beginning to its end, and delivers its pages.</summary>
    internal async Task DeliverAsync(string path, PageDelivery pages, CancellationToken cancellationToken)
    {
        using EntryReader reader = Open(Find(path));
        await ParallelSegments.RunAsync(
            reader, reader.HugePageCount, (worker, number) => worker.Deliver(number, pages), cancellationToken).ConfigureAwait(false);
    }

    private SealedEntry Find(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Model.Manifest.FindEntry(path) ?? throw new SealedModelException(
            SealedModelFailure.NoSuchEntry,
            $"The sealed model '{_storage.Name}' has no entry '{path}'; it has {string.Join(", ", Model.Manifest.Entries.Select(entry => entry.Path))}.");
    }

    private EntryReader Open(SealedEntry entry)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        Span<byte> key = stackalloc byte[ContentKey.Size];
        try
        {
            _key.CopyTo(key, nameof(key), this);
            EntryReader reader = EntryReader.Open(_storage, entry, key, _tables.GetValueOrDefault(entry.Path));
            _tables.TryAdd(entry.Path, reader.Table);
            return reader;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
