using Oml.Sdk.Metering.Receipts.Tree;
using Oml.Sdk.Metering.Receipts.Wire;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering.Receipts.Storage;

/// <summary>
/// Opens the files of a log for writing. Up to the last checkpoint the tiles must give the signed root; after it every receipt is read,
/// hashes that a crash kept from the disk are written anew, and an unfinished receipt at the end is cut off.
/// </summary>
internal sealed class RecoveredLog : IDisposable
{
    private readonly LogFolder _folder;
    private readonly long[] _stored = new long[TileStore.Levels];
    private long _entryBytesCut;
    private long _hashBytesCut;
    private long _lastFileBytes;

    private RecoveredLog(LogFolder folder, IssuerPublicKey key)
    {
        _folder = folder;
        Checkpoints = CheckpointStore.Open(folder, key);
        Tiles = new TileStore(folder.Tiles);
        try
        {
            Tree = new TreeWriter(Tiles, _stored);
            Signed = Checkpoints.Last?.Size ?? 0;
            CountHashes();
            Frontier = ContinueFromCheckpoint();
            Previous = Signed == 0 ? default : Tiles.Read(0, Signed - 1);
            ReadEntries();
            Tree.Flush(Frontier.Size);
            CheckHashes();
            Checkpoints.CutLost();
        }
        catch
        {
            Tiles.Dispose();
            Checkpoints.Dispose();
            throw;
        }

        Entries = new BundleWriter(folder.Entries, Frontier.Size, _lastFileBytes);
        Recovery = new ReceiptLogRecovery(Frontier.Size, Frontier.Size - Signed, _entryBytesCut, Checkpoints.LostBytes, _hashBytesCut);
    }

    public CheckpointStore Checkpoints { get; }

    public TileStore Tiles { get; }

    public TreeWriter Tree { get; }

    public MerkleFrontier Frontier { get; }

    public BundleWriter Entries { get; }

    public ReceiptHash Previous { get; private set; }

    public ReceiptLogRecovery Recovery { get; }

    private long Signed { get; }

    /// <exception cref="ReceiptLogException">The log is damaged, or another host's.</exception>
    public static RecoveredLog Open(LogFolder folder, IssuerPublicKey key) => new(folder, key);

    public void Dispose()
    {
        Entries.Dispose();
        Tiles.Dispose();
        Checkpoints.Dispose();
    }

    // Hashes are not flushed between checkpoints, so a power cut can leave a part of one, or zeros; no hash is zeros.
    private void CountHashes()
    {
        for (int level = 0; level < TileStore.Levels; level++)
        {
            long bytes = Tiles.Length(level);
            long count = bytes / ReceiptHash.Size;
            long signed = TileStore.CountAt(level, Signed);
            if (count < signed)
            {
                throw Damaged(ReceiptLogFault.MissingHashes, $"its tiles of level {level} have {count} hashes, but a checkpoint covers {signed}");
            }

            while (count > signed && Tiles.Read(level, count - 1) == default)
            {
                count--;
            }

            long excess = bytes - (count * ReceiptHash.Size);
            if (excess > 0)
            {
                Tiles.Cut(level, count * ReceiptHash.Size);
                _hashBytesCut += excess;
            }

            _stored[level] = count;
        }
    }

    private MerkleFrontier ContinueFromCheckpoint()
    {
        MerkleFrontier frontier = new(Signed, Tiles.Subtree);
        return Checkpoints.Last is not { } last || frontier.Root() == last.Root
            ? frontier
            : throw Damaged(ReceiptLogFault.WrongRoot, "its hashes do not give the root of its last checkpoint");
    }

    private void ReadEntries()
    {
        long files = TilePath.Count(_folder.Entries);
        if (files * TilePath.Width < Signed)
        {
            throw Damaged(ReceiptLogFault.MissingReceipts, $"its last checkpoint covers {Signed} receipts, but only {files} bundles are there");
        }

        Bundle bundle = new();
        for (long file = Signed / TilePath.Width; file < files; file++)
        {
            string path = TilePath.Of(_folder.Entries, file);
            bundle.Read(path);
            ReadBundle(bundle, file, path, isLast: file == files - 1);
        }
    }

    private void ReadBundle(Bundle bundle, long file, string path, bool isLast)
    {
        long first = file * TilePath.Width;
        int from = (int)Math.Max(0, Signed - first);
        if (bundle.Count < from || (!isLast && bundle.Count < TilePath.Width))
        {
            throw Damaged(ReceiptLogFault.MissingReceipts, $"'{path}' has only {bundle.Count} whole receipts");
        }

        int whole = bundle.Count;
        for (int i = from; i < whole; i++)
        {
            ReceiptLogFault fault = Check(bundle[i], out ReceiptHash leaf);
            if (fault != ReceiptLogFault.None)
            {
                // A receipt whose hash is stored was on the disk before the hash was; one without may be what a power cut left of it.
                if (isLast && first + i >= _stored[0])
                {
                    whole = i;
                    break;
                }

                throw Damaged(fault, $"receipt {first + i} in '{path}' was changed");
            }

            Tree.Add(first + i, leaf);
            Frontier.Append(leaf);
            Previous = leaf;
        }

        CutAfter(bundle, whole, path, isLast);
    }

    private void CutAfter(Bundle bundle, int whole, string path, bool isLast)
    {
        long wholeBytes = bundle.BytesOf(whole);
        long excess = bundle.WholeBytes + bundle.RestBytes - wholeBytes;
        if (excess > 0)
        {
            // No append writes beyond the 256th receipt of a file.
            if (!isLast || whole == TilePath.Width)
            {
                throw Damaged(ReceiptLogFault.TrailingData, $"'{path}' has {excess} bytes after its last receipt");
            }

            RecordFile.Cut(path, wholeBytes);
            _entryBytesCut = excess;
        }

        _lastFileBytes = whole == TilePath.Width ? 0 : wholeBytes;
        if (isLast)
        {
            RecordFile.Flush(path);
        }
    }

    private ReceiptLogFault Check(ReadOnlyMemory<byte> entry, out ReceiptHash leaf)
    {
        leaf = default;
        try
        {
            if (ReceiptReader.Read(entry).Previous != Previous)
            {
                return ReceiptLogFault.BrokenChain;
            }
        }
        catch (MalformedTokenException)
        {
            return ReceiptLogFault.MalformedReceipt;
        }

        leaf = MerkleHash.Leaf(entry.Span);
        return ReceiptLogFault.None;
    }

    private void CheckHashes()
    {
        for (int level = 0; level < TileStore.Levels; level++)
        {
            long count = TileStore.CountAt(level, Frontier.Size);
            if (_stored[level] > count)
            {
                throw Damaged(
                    ReceiptLogFault.MissingReceipts, $"it has {_stored[level]} hashes of level {level}, but {Frontier.Size} receipts");
            }

            Tiles.Attach(level, count);
        }
    }

    private ReceiptLogException Damaged(ReceiptLogFault fault, string what) => new(
        fault, $"The receipt log '{_folder.Path}' is damaged: {what}. Nothing was changed in its receipts. Restore the log from a copy.");
}
