namespace Oml.Sdk.Sealing.Writing;

/// <summary>Reads pieces of memory one after another, and disposes the file that holds them, which it releases as it goes on.</summary>
internal sealed class PiecesStream(IReadOnlyList<ReadOnlyMemory<byte>> pieces, MappedFile? file) : Stream
{
    // Large enough that a call of the system does not count, small enough that what is held does not.
    private const int ReleasedAtOnce = 4 << 20;

    private int _piece;
    private int _position;
    private int _released;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => pieces.Sum(piece => (long)piece.Length);

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        while (_piece < pieces.Count && _position == pieces[_piece].Length)
        {
            Release();
            _piece++;
            _position = _released = 0;
        }

        if (_piece == pieces.Count)
        {
            return 0;
        }

        ReadOnlySpan<byte> rest = pieces[_piece].Span[_position..];
        int count = Math.Min(buffer.Length, rest.Length);
        rest[..count].CopyTo(buffer);
        _position += count;
        if (_position - _released >= ReleasedAtOnce)
        {
            Release();
        }

        return count;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        (file as IDisposable)?.Dispose();
        base.Dispose(disposing);
    }

    private void Release()
    {
        // From the last whole page of what was released: pieces begin and end within pages.
        int from = Math.Max(0, _released - Environment.SystemPageSize);
        file?.Release(pieces[_piece].Span[from.._position]);
        _released = _position;
    }
}
