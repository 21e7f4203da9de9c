namespace Oml.Sdk.OnnxRuntime.Tests.Sealing;

/// <summary>A file whose later part is read only when a task has come to its end.</summary>
internal sealed class GatedStream(byte[] file, long gateAt, Task open) : Stream
{
    private readonly MemoryStream _file = new(file, writable: false);

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => _file.Length;

    public override long Position
    {
        get => _file.Position;
        set => _file.Position = value;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_file.Position + buffer.Length > gateAt)
        {
            open.Wait();
        }

        return _file.Read(buffer);
    }

    public override long Seek(long offset, SeekOrigin origin) => _file.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
