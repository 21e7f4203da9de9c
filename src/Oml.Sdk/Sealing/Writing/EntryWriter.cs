using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Oml.Sdk.Sealing.Chunks;
using Oml.Sdk.Sealing.Storage;

namespace Oml.Sdk.Sealing.Writing;

/// <summary>Seals one entry: workers take segments from the content in turn, encrypt and hash them side by side, and write each at its place.</summary>
/// <remarks>Memory: a segment for each worker, and 32 bytes for each segment.</remarks>
internal sealed class EntryWriter : IDisposable
{
    private readonly string _path;
    private readonly Stream _content;
    private readonly SealedSink _sink;
    private readonly long _offset;
    private readonly ProgressMeter _progress;
    private readonly ChunkKeys _keys;
    private readonly byte[] _salt = RandomNumberGenerator.GetBytes(ChunkLayout.SaltSize);
    private readonly SegmentRoots _roots = new();
    private readonly OrderedTurns _turns = new();
    private readonly SemaphoreSlim _reading = new(1);
    private long _next;
    private long _size;
    private bool _ended;

    public EntryWriter(string path, Stream content, ReadOnlySpan<byte> key, SealedSink sink, long offset, ProgressMeter progress)
    {
        _path = path;
        _content = content;
        _sink = sink;
        _offset = offset;
        _progress = progress;
        _keys = ChunkKeys.Derive(key, _salt, EntryContext.Of(path));
    }

    /// <summary>Writes the entry.</summary>
    /// <param name="workers">How many segments are in work at once.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>What the manifest says about it.</returns>
    public async Task<SealedEntry> WriteAsync(int workers, CancellationToken cancellationToken)
    {
        byte[] header = [.. _salt, .. _keys.Commitment];
        await _sink.WriteAsync(_offset, header, cancellationToken).ConfigureAwait(false);

        // One failure stops all: a worker that waits for its turn would wait for ever.
        using CancellationTokenSource failure = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ExceptionDispatchInfo? first = null;
        Task[] tasks = [.. Enumerable.Range(0, workers).Select(_ => Task.Run(() => WorkAsync(failure, error => Interlocked.CompareExchange(ref first, error, null)), CancellationToken.None))];
        try
        {
            await Task.WhenAll(tasks).ConfigureAwait(false);
        }
        catch
        {
            cancellationToken.ThrowIfCancellationRequested();
            first?.Throw();
            throw;
        }

        ReadOnlyMemory<byte> table = _roots.ToMemory();
        await _sink.WriteAsync(_offset + ChunkLayout.HeaderSize + ChunkLayout.SealedBodySize(_size), table, cancellationToken)
            .ConfigureAwait(false);
        return Describe(table);
    }

    public void Dispose()
    {
        _keys.Dispose();
        _reading.Dispose();
    }

    // Who fails first says why: the others are only cancelled.
    private async Task WorkAsync(CancellationTokenSource failure, Action<ExceptionDispatchInfo> fail)
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(Segments.SealedSize, pinned: true);
        byte[] root = new byte[ChunkHasher.HashSize];
        using SegmentSealer sealer = new(_keys);
        try
        {
            while (await ReadAsync(buffer, failure.Token).ConfigureAwait(false) is { Segment: >= 0 } piece)
            {
                int length = sealer.Seal(piece.Segment, buffer, piece.Length, root);
                _roots.Set(piece.Segment, root);
                await WriteAsync(piece.Segment, buffer.AsMemory(0, length), failure.Token).ConfigureAwait(false);
                _progress.Add(piece.Length);
            }
        }
        catch (Exception error)
        {
            fail(ExceptionDispatchInfo.Capture(error));
            await failure.CancelAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    // The content is a stream, so its segments are read one after another; a short one, possibly of 0 bytes, is the last. Room for a tag
    // is left behind each chunk.
    private async ValueTask<(long Segment, int Length)> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_ended)
            {
                return (-1, 0);
            }

            int size = 0;
            for (int chunk = 0; chunk < Segments.Chunks && !_ended; chunk++)
            {
                Memory<byte> target = buffer.Slice(chunk * ChunkLayout.SealedChunkSize, ChunkLayout.ChunkSize);
                int read = await _content.ReadAtLeastAsync(target, target.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
                _ended = read < target.Length;
                size += read;
            }

            _size += size;
            return (_next++, size);
        }
        finally
        {
            _reading.Release();
        }
    }

    private async ValueTask WriteAsync(long segment, ReadOnlyMemory<byte> chunks, CancellationToken cancellationToken)
    {
        long offset = _offset + ChunkLayout.HeaderSize + (segment * Segments.SealedSize);
        if (!_sink.IsOrdered)
        {
            await _sink.WriteAsync(offset, chunks, cancellationToken).ConfigureAwait(false);
            return;
        }

        await _turns.WaitAsync(segment, cancellationToken).ConfigureAwait(false);
        await _sink.WriteAsync(offset, chunks, cancellationToken).ConfigureAwait(false);
        _turns.Pass();
    }

    private SealedEntry Describe(ReadOnlyMemory<byte> table)
    {
        byte[] root = new byte[ChunkHasher.HashSize];
        using ChunkHasher hasher = new();
        hasher.Root(table.ToArray(), root);
        return new SealedEntry(_path, _size)
        {
            Root = [.. root],
            Salt = [.. _salt],
            Commitment = [.. _keys.Commitment],
            Offset = _offset,
        };
    }
}
