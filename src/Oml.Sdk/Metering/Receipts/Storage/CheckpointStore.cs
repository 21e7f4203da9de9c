using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering.Receipts.Storage;

/// <summary>The signed checkpoints of a log, in the order in which they were signed. For one thread at a time.</summary>
internal sealed class CheckpointStore : IDisposable
{
    // More zeros than a good signature ends in.
    private const int ZerosOfPowerCut = 16;

    private readonly BundleWriter _writer;

    private CheckpointStore(BundleWriter writer, ReceiptCheckpoint? last, long bytesCut)
    {
        _writer = writer;
        Last = last;
        BytesCut = bytesCut;
    }

    public ReceiptCheckpoint? Last { get; private set; }

    /// <summary>How many bytes of an unfinished checkpoint were cut off, or of one whose contents a power cut took.</summary>
    public long BytesCut { get; }

    /// <summary>Opens the store and cuts off what a crash left.</summary>
    /// <exception cref="ReceiptLogException">The last checkpoint is not the host's.</exception>
    public static CheckpointStore Open(LogFolder folder, IssuerPublicKey key)
    {
        string path = folder.Checkpoints;
        Bundle bundle = new();
        long files = TilePath.Count(path);
        long file = files - 1;
        int whole = 0;
        long cut = 0;
        if (files > 0)
        {
            bundle.Read(TilePath.Of(path, file));
            whole = bundle.Count;
            if (whole > 0 && bundle.RestBytes == 0 && IsLost(bundle[whole - 1], key))
            {
                whole--;
            }

            cut = bundle.WholeBytes + bundle.RestBytes - bundle.BytesOf(whole);
            if (cut > 0)
            {
                RecordFile.Cut(TilePath.Of(path, file), bundle.BytesOf(whole));
            }
        }

        long count = (Math.Max(file, 0) * TilePath.Width) + whole;
        long fileBytes = count % TilePath.Width == 0 ? 0 : bundle.BytesOf(whole);

        // A crash can leave a new file without a record; the last checkpoint is in the one before it then.
        if (whole == 0 && file > 0)
        {
            bundle.Read(TilePath.Of(path, file - 1));
            whole = bundle.Count;
        }

        ReceiptCheckpoint? last = whole == 0 ? null : Verify(folder, bundle[whole - 1], key);
        return new CheckpointStore(new BundleWriter(path, count, fileBytes), last, cut);
    }

    public void Append(ReceiptCheckpoint checkpoint)
    {
        _writer.Add(checkpoint.Encoded.Span);
        _writer.Flush();
        Last = checkpoint;
    }

    public void Dispose() => _writer.Dispose();

    // The length of a record can be on the disk without what it is of, or with the first part of it: the rest is zeros then. Nobody was told
    // that such a checkpoint is stored. One that is whole and does not verify is another matter.
    private static bool IsLost(ReadOnlyMemory<byte> record, IssuerPublicKey key) => ReceiptCheckpoint.TryRead(record, key, out _) switch
    {
        ReceiptLogFault.Malformed => true,
        ReceiptLogFault.BadSignature => record.Length > ZerosOfPowerCut && !record.Span[^ZerosOfPowerCut..].ContainsAnyExcept((byte)0),
        _ => false,
    };

    private static ReceiptCheckpoint Verify(LogFolder folder, ReadOnlyMemory<byte> signed, IssuerPublicKey key)
    {
        ReceiptLogFault fault = ReceiptCheckpoint.TryRead(signed, key, out ReceiptCheckpoint? checkpoint);
        return checkpoint ?? throw new ReceiptLogException(fault, fault == ReceiptLogFault.UnknownHost
            ? $"The receipt log '{folder.Path}' belongs to a host with another key. Open it with that key, or give this host a folder of its own."
            : $"The last checkpoint of the receipt log '{folder.Path}' was changed after it was signed ({fault}). Restore the log from a copy.");
    }
}
