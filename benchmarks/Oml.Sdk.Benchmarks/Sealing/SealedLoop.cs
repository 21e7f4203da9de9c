using Oml.Sdk.Sealing;
using Oml.Sdk.Sealing.Chunks;

namespace Oml.Sdk.Benchmarks.Sealing;

/// <summary>The sealed form of generated content without a disk: keeps all that was written but the chunks, which it makes again when they are read.</summary>
/// <remarks>What it makes again is right only if it is bit for bit what was sealed: the reader checks it against the signed hashes.</remarks>
internal sealed class SealedLoop(long contentSize, byte[] block, ContentKey key) : Stream
{
    private readonly SortedList<long, byte[]> _kept = [];
    private readonly GeneratedStream _content = new(contentSize, block);
    private readonly byte[] _segment = new byte[Segments.SealedSize];
    private SealedEntry? _entry;
    private SegmentSealer? _sealer;
    private long _made = -1;
    private long _length;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position { get; set; }

    /// <summary>From now on, chunks are made again for this entry.</summary>
    public void Replay(SealedEntry entry)
    {
        _entry = entry;
        _sealer = new SegmentSealer(ChunkKeys.Derive(key.Export(), entry.Salt.AsSpan(), EntryContext.Of(entry.Path)));
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        // Whole segments are thrown away; headers, short ends and tables are kept.
        if (buffer.Length != Segments.SealedSize)
        {
            Keep(buffer);
        }

        Position += buffer.Length;
        _length = Math.Max(_length, Position);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return default;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_entry is { } entry && Position >= entry.ChunksOffset && Position < entry.ChunksOffset + (entry.Size / Segments.Size * Segments.SealedSize))
        {
            return ReadChunks(buffer, entry);
        }

        int index = _kept.Count - 1;
        while (index >= 0 && _kept.GetKeyAtIndex(index) > Position)
        {
            index--;
        }

        ReadOnlySpan<byte> from = _kept.GetValueAtIndex(index).AsSpan((int)(Position - _kept.GetKeyAtIndex(index)));
        from = from[..Math.Min(from.Length, buffer.Length)];
        from.CopyTo(buffer);
        Position += from.Length;
        return from.Length;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    // The header is written last, over a part of the zeros that were written for it.
    private void Keep(ReadOnlySpan<byte> buffer)
    {
        if (_kept.TryGetValue(Position, out byte[]? kept) && kept.Length > buffer.Length)
        {
            buffer.CopyTo(kept);
        }
        else
        {
            _kept[Position] = buffer.ToArray();
        }
    }

    private int ReadChunks(Span<byte> buffer, SealedEntry entry)
    {
        long segment = (Position - entry.ChunksOffset) / Segments.SealedSize;
        if (_made != segment)
        {
            _content.Position = segment * Segments.Size;
            for (int chunk = 0; chunk < Segments.Chunks; chunk++)
            {
                _content.ReadExactly(_segment.AsSpan(chunk * ChunkLayout.SealedChunkSize, ChunkLayout.ChunkSize));
            }

            _sealer!.Seal(segment, _segment, Segments.Size, stackalloc byte[ChunkHasher.HashSize]);
            _made = segment;
        }

        ReadOnlySpan<byte> from = _segment.AsSpan((int)(Position - entry.ChunksOffset - (segment * Segments.SealedSize)));
        from = from[..Math.Min(from.Length, buffer.Length)];
        from.CopyTo(buffer);
        Position += from.Length;
        return from.Length;
    }
}
