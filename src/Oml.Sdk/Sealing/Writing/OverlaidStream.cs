namespace Oml.Sdk.Sealing.Writing;

/// <summary>Reads a stream with some of its bytes replaced, and disposes it.</summary>
/// <param name="inner">The stream, from its start.</param>
/// <param name="offset">Where the bytes are.</param>
/// <param name="bytes">The bytes to give instead.</param>
internal sealed class OverlaidStream(Stream inner, long offset, ReadOnlyMemory<byte> bytes) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int read = inner.Read(buffer);
        Overlay(buffer[..read]);
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        Overlay(buffer.Span[..read]);
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        inner.Dispose();
        base.Dispose(disposing);
    }

    private void Overlay(Span<byte> read)
    {
        long start = Math.Max(offset, _position);
        long end = Math.Min(offset + bytes.Length, _position + read.Length);
        if (start < end)
        {
            bytes.Span[(int)(start - offset)..(int)(end - offset)].CopyTo(read[(int)(start - _position)..]);
        }

        _position += read.Length;
    }
}
