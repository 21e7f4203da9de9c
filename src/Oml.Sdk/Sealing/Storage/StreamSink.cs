namespace Oml.Sdk.Sealing.Storage;

/// <summary>A stream, written front to back; it seeks only to write the header at last.</summary>
internal sealed class StreamSink : SealedSink
{
    private readonly Stream _stream;
    private readonly long _start;

    /// <exception cref="ArgumentException">The stream cannot be written or cannot seek.</exception>
    public StreamSink(Stream stream)
    {
        if (!stream.CanWrite || !stream.CanSeek)
        {
            throw new ArgumentException(
                "The header of a sealed model is written at last: give a stream that can be written and can seek.", nameof(stream));
        }

        _stream = stream;
        _start = stream.Position;
    }

    public override bool IsOrdered => true;

    /// <summary>Leaves the stream behind what was written. What a longer stream held there does not belong to the file.</summary>
    public override void Finish(long length)
    {
        if (_stream.Length > _start + length)
        {
            _stream.SetLength(_start + length);
        }

        _stream.Position = _start + length;
    }

    public override ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (_stream.Position != _start + offset)
        {
            _stream.Position = _start + offset;
        }

        return _stream.WriteAsync(bytes, cancellationToken);
    }
}
