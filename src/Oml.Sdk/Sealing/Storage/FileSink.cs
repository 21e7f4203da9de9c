using Microsoft.Win32.SafeHandles;

namespace Oml.Sdk.Sealing.Storage;

/// <summary>A file, written at offsets by any number of threads.</summary>
internal sealed class FileSink(SafeFileHandle file) : SealedSink
{
    public override bool IsOrdered => false;

    public override ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RandomAccess.Write(file, bytes.Span, offset);
        return default;
    }
}
