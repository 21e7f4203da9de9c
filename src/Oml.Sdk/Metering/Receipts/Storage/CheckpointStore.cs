using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering.Receipts.Storage;

/// <summary>The signed checkpoints of a log, in the order in which they were signed. For one thread at a time.</summary>
internal sealed class CheckpointStore : IDisposable
{
    private readonly BundleWriter _writer;

    private CheckpointStore(BundleWriter writer, ReceiptCheckpoint? last, long bytesCut)
    {
        _writer = writer;
        Last = last;
        BytesCut = bytesCut;
    }

    public ReceiptCheckpoint? Last { get; private set; }

    /// <summary>How many bytes of an unfinished checkpoint were cut off.</summary>
    public long BytesCut { get; }

    /// <summary>Opens the store and cuts off what a crash left.</summary>
    /// <exception cref="ReceiptLogException">The last checkpoint is not the host's.</exception>
    public static CheckpointStore Open(LogFolder folder, IssuerPublicKey key)
    {
        string path = folder.Checkpoints;
        Bundle bundle = new();
        long files = TilePath.Count(path);
        long file = files - 1;
        long cut = 0;
        if (files > 0)
        {
            bundle.Read(TilePath.Of(path, file));
            cut = bundle.RestBytes;
            if (cut > 0)
            {
                RecordFile.Cut(TilePath.Of(path, file), bundle.WholeBytes);
            }
        }

        long count = (Math.Max(file, 0) * TilePath.Width) + bundle.Count;
        long fileBytes = count % TilePath.Width == 0 ? 0 : bundle.WholeBytes;

        // A crash can leave a new file without a record; the last checkpoint is in the one before it then.
        if (bundle.Count == 0 && file > 0)
        {
            bundle.Read(TilePath.Of(path, file - 1));
        }

        ReceiptCheckpoint? last = bundle.Count == 0 ? null : Verify(folder, bundle[bundle.Count - 1], key);
        return new CheckpointStore(new BundleWriter(path, count, fileBytes), last, cut);
    }

    public void Append(ReceiptCheckpoint checkpoint)
    {
        _writer.Add(checkpoint.Encoded.Span);
        _writer.Flush();
        Last = checkpoint;
    }

    public void Dispose() => _writer.Dispose();

    private static ReceiptCheckpoint Verify(LogFolder folder, ReadOnlyMemory<byte> signed, IssuerPublicKey key)
    {
        ReceiptLogFault fault = ReceiptCheckpoint.TryRead(signed, key, out ReceiptCheckpoint? checkpoint);
        return checkpoint ?? throw new ReceiptLogException(fault, fault == ReceiptLogFault.UnknownHost
            ? $"The receipt log '{folder.Path}' belongs to a host with another key. Open it with that key, or give this host a folder of its own."
            : $"The last checkpoint of the receipt log '{folder.Path}' was changed after it was signed ({fault}). Restore the log from a copy.");
    }
}
