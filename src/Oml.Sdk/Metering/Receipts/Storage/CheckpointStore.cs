using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering.Receipts.Storage;

/// <summary>The signed checkpoints of a log, in the order in which they were signed. For one thread at a time.</summary>
internal sealed class CheckpointStore : IDisposable
{
    private readonly BundleWriter _writer;
    private readonly string _lastFile;
    private readonly long _lastFileBytes;

    private CheckpointStore(BundleWriter writer, ReceiptCheckpoint? last, string lastFile, long lastFileBytes, long lostBytes)
    {
        _writer = writer;
        _lastFile = lastFile;
        _lastFileBytes = lastFileBytes;
        Last = last;
        LostBytes = lostBytes;
    }

    public ReceiptCheckpoint? Last { get; private set; }

    /// <summary>How many bytes of an unfinished checkpoint a crash left; <see cref="CutLost"/> cuts them off.</summary>
    public long LostBytes { get; }

    /// <summary>Opens the store and changes nothing. The last file is verified; before anything is to be cut off, every file is.</summary>
    /// <exception cref="ReceiptLogException">A checkpoint is not the host's, or was changed.</exception>
    public static CheckpointStore Open(LogFolder folder, IssuerPublicKey key)
    {
        CheckpointFiles files = new(folder, key);
        long last = Math.Max(0, TilePath.Count(folder.Checkpoints) - 1);
        int whole = files.ReadLast(last, out long lost);
        long wholeBytes = files.BytesOf(whole);
        if (lost > 0)
        {
            files.VerifyBefore(last);
        }

        ReceiptCheckpoint? checkpoint = files.Last;

        // A crash can leave a new file without a checkpoint; the last one is in the file before it then.
        if (whole == 0 && last > 0 && lost == 0)
        {
            checkpoint = files.ReadWhole(last - 1);
        }

        long count = (last * TilePath.Width) + whole;
        long fileBytes = count % TilePath.Width == 0 ? 0 : wholeBytes;
        return new CheckpointStore(
            new BundleWriter(folder.Checkpoints, count, fileBytes), checkpoint, TilePath.Of(folder.Checkpoints, last), wholeBytes, lost);
    }

    /// <summary>Cuts off what a crash left, once all that remains was found to be good.</summary>
    public void CutLost()
    {
        if (LostBytes > 0)
        {
            RecordFile.Cut(_lastFile, _lastFileBytes);
        }
    }

    public void Append(ReceiptCheckpoint checkpoint)
    {
        _writer.Add(checkpoint.Encoded.Span);
        _writer.Flush();
        Last = checkpoint;
    }

    public void Dispose() => _writer.Dispose();
}
