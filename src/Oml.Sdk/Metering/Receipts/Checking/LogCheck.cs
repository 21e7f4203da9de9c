using Microsoft.Win32.SafeHandles;
using Oml.Sdk.Metering.Receipts.Storage;
using Oml.Sdk.Metering.Receipts.Tree;
using Oml.Sdk.Metering.Receipts.Wire;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering.Receipts.Checking;

/// <summary>One pass over a log. For one thread, once.</summary>
internal sealed class LogCheck(
    LogFolder folder, IssuerPublicKey hostKey, ReceiptCheckpoint[] known, IProgress<long>? progress, CancellationToken cancellationToken) : IDisposable
{
    private const int ReportEvery = 64 * TilePath.Width;

    private readonly ProblemList _problems = new();
    private readonly MerkleFrontier _frontier = new();
    private readonly TileStore _tiles = new(folder.Tiles);
    private readonly byte[] _leaves = new byte[TilePath.Width * ReceiptHash.Size];
    private readonly Queue<ReceiptCheckpoint> _known = new(known);
    private ReceiptHash _previous;
    private ReceiptCheckpoint? _last;
    private int _leafBytes;
    private long _signed;
    private long _checkpoints;

    public ReceiptLogReport Run()
    {
        _signed = CheckpointSequence.Read(folder, hostKey, new ProblemList()).LastOrDefault()?.Size ?? 0;
        using IEnumerator<ReceiptCheckpoint> checkpoints = CheckpointSequence.Read(folder, hostKey, _problems).GetEnumerator();
        bool more = Continue(checkpoints, checkpoints.MoveNext());
        foreach (ReadOnlyMemory<byte> entry in Entries())
        {
            Check(entry);
            more = Continue(checkpoints, more);
        }

        for (; more; more = Take(checkpoints))
        {
            _problems.Add(
                ReceiptLogFault.MissingReceipts,
                checkpoints.Current.Size,
                $"a checkpoint covers {checkpoints.Current.Size} receipts, but only {_frontier.Size} are there");
        }

        foreach (ReceiptCheckpoint missing in _known)
        {
            _problems.Add(
                ReceiptLogFault.RolledBack, missing.Size, $"its host signed {missing}, but only {_frontier.Size} receipts are there");
        }

        CheckTiles();
        return new ReceiptLogReport(_frontier.Size, _checkpoints, _last, _frontier.Root(), _problems.ToImmutable());
    }

    public void Dispose() => _tiles.Dispose();

    // Compares what was read so far with the checkpoints of that size.
    private bool Continue(IEnumerator<ReceiptCheckpoint> checkpoints, bool more)
    {
        while (more && checkpoints.Current.Size <= _frontier.Size)
        {
            CheckRoot(checkpoints.Current, ReceiptLogFault.WrongRoot, "its own checkpoint");
            more = Take(checkpoints);
        }

        while (_known.Count > 0 && _known.Peek().Size <= _frontier.Size)
        {
            CheckRoot(_known.Dequeue(), ReceiptLogFault.Forked, "a checkpoint that was kept elsewhere");
        }

        return more;
    }

    private bool Take(IEnumerator<ReceiptCheckpoint> checkpoints)
    {
        _last = checkpoints.Current;
        _checkpoints++;
        return checkpoints.MoveNext();
    }

    private IEnumerable<ReadOnlyMemory<byte>> Entries()
    {
        Bundle bundle = new();
        long files = TilePath.Count(folder.Entries);
        for (long file = 0; file < files; file++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string path = TilePath.Of(folder.Entries, file);
            bundle.Read(path);
            for (int i = 0; i < bundle.Count; i++)
            {
                yield return bundle[i];
            }

            bool isLast = file == files - 1;
            if (bundle.RestBytes > 0)
            {
                bool isTorn = isLast && bundle.Count < TilePath.Width;
                _problems.Add(
                    isTorn ? ReceiptLogFault.TornTail : ReceiptLogFault.TrailingData,
                    _frontier.Size,
                    $"'{path}' has {bundle.RestBytes} bytes after its last whole receipt");
            }

            if (!isLast && bundle.Count < TilePath.Width)
            {
                _problems.Add(
                    ReceiptLogFault.MissingReceipts, _frontier.Size, $"'{path}' has only {bundle.Count} receipts; what follows it was not checked");
                yield break;
            }
        }
    }

    private void Check(ReadOnlyMemory<byte> entry)
    {
        long index = _frontier.Size;
        try
        {
            if (ReceiptReader.Read(entry).Previous != _previous)
            {
                _problems.Add(ReceiptLogFault.BrokenChain, index, $"receipt {index} does not name the one before it");
            }
        }
        catch (MalformedTokenException error)
        {
            _problems.Add(ReceiptLogFault.MalformedReceipt, index, $"receipt {index} cannot be read: {error.Message}");
        }

        _previous = MerkleHash.Leaf(entry.Span);
        _frontier.Append(_previous);
        Compare(0, index, StoredLeaf(index), _previous);
        if (_frontier.Size % ReportEvery == 0)
        {
            progress?.Report(_frontier.Size);
        }
    }

    private void CheckRoot(ReceiptCheckpoint checkpoint, ReceiptLogFault fault, string whose)
    {
        if (checkpoint.Size != _frontier.Size || checkpoint.Root != _frontier.Root())
        {
            _problems.Add(fault, checkpoint.Size, $"the first {checkpoint.Size} receipts do not have the root of {whose}, {checkpoint.Root}");
        }
    }

    // The hashes above the leaves, each from the tile below it. Leaves were compared as they came.
    private void CheckTiles()
    {
        for (int level = 1; level < TileStore.Levels; level++)
        {
            long count = TileStore.CountAt(level, _frontier.Size);
            for (long tile = 0; tile < count; tile++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ReceiptHash? root = TryRead(() => _tiles.TileRoot(level - 1, tile));
                if (root is { } computed)
                {
                    Compare(level, tile, TryRead(() => _tiles.Read(level, tile)), computed);
                }
            }
        }

        progress?.Report(_frontier.Size);
    }

    private void Compare(int level, long index, ReceiptHash? stored, ReceiptHash expected)
    {
        // After a crash, hashes that no checkpoint covers may be missing; opening the log writes them anew.
        if (stored is null && index < TileStore.CountAt(level, _signed))
        {
            _problems.Add(ReceiptLogFault.MissingHashes, index, $"hash {index} of level {level} is missing");
        }
        else if (stored is { } hash && hash != expected)
        {
            _problems.Add(ReceiptLogFault.WrongHash, index, $"hash {index} of level {level} is not that of the receipts under it");
        }
    }

    // A tile is read once for its 256 leaves.
    private ReceiptHash? StoredLeaf(long index)
    {
        int at = (int)(index % TilePath.Width) * ReceiptHash.Size;
        if (at == 0)
        {
            using SafeFileHandle? handle = RecordFile.OpenToRead(_tiles.PathOf(0, index));
            _leafBytes = handle is null ? 0 : RecordFile.Read(handle, 0, _leaves);
        }

        return at + ReceiptHash.Size <= _leafBytes ? new ReceiptHash(_leaves.AsSpan(at, ReceiptHash.Size)) : null;
    }

    private static ReceiptHash? TryRead(Func<ReceiptHash> read)
    {
        try
        {
            return read();
        }
        catch (ReceiptLogException)
        {
            return null;
        }
    }
}
