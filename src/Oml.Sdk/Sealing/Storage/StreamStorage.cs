namespace Oml.Sdk.Sealing.Storage;

/// <summary>A seekable stream, which is read by one thread at a time and stays open. It starts where the stream stands.</summary>
internal sealed class StreamStorage : SealedStorage
{
    private readonly Lock _gate = new();
    private readonly Stream _stream;
    private readonly long _start;

    /// <exception cref="ArgumentException">The stream cannot be read or cannot seek.</exception>
    public StreamStorage(Stream stream)
        : base("(stream)")
    {
        if (!stream.CanRead || !stream.CanSeek)
        {
            throw new ArgumentException("A sealed model is read at any place: give a stream that can be read and can seek.", nameof(stream));
        }

        _stream = stream;
        _start = stream.Position;
        Length = Math.Max(0, stream.Length - _start);
    }

    public override long Length { get; }

    public override void Dispose()
    {
    }

    protected override int ReadSome(long offset, Span<byte> buffer)
    {
        lock (_gate)
        {
            _stream.Position = _start + offset;
            return _stream.Read(buffer);
        }
    }
}
