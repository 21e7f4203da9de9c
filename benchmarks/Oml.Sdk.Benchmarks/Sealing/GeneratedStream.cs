namespace Oml.Sdk.Benchmarks.Sealing;

/// <summary>A stream of a given length that repeats one block: content without a disk.</summary>
internal sealed class GeneratedStream(long length, byte[] block) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => _position = value;
    }

    public override int Read(Span<byte> buffer)
    {
        int count = (int)Math.Min(buffer.Length, length - _position);
        for (int done = 0; done < count;)
        {
            ReadOnlySpan<byte> from = block.AsSpan((int)((_position + done) % block.Length));
            from = from[..Math.Min(from.Length, count - done)];
            from.CopyTo(buffer[done..]);
            done += from.Length;
        }

        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
