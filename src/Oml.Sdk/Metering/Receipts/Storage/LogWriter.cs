using Oml.Sdk.Metering.Receipts.Tree;
using Oml.Sdk.Metering.Receipts.Wire;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering.Receipts.Storage;

/// <summary>The one writer of a log. For one thread at a time; after an error it must not be used again.</summary>
internal sealed class LogWriter : IDisposable
{
    private readonly LogFolder _folder;
    private readonly PermissionIssuer _hostKey;
    private readonly TimeProvider _time;
    private readonly WriterLock _lock;
    private readonly CheckpointStore _checkpoints;
    private readonly BundleWriter _entries;
    private readonly TreeWriter _tree;
    private readonly MerkleFrontier _frontier;
    private readonly List<ReceiptHash> _leaves = new(TilePath.Width);
    private readonly Bundle _bundle = new();
    private ReceiptHash _previous;
    private long _size;

    private LogWriter(LogFolder folder, PermissionIssuer hostKey, string origin, TimeProvider time, WriterLock writerLock, RecoveredLog log)
    {
        _folder = folder;
        _hostKey = hostKey;
        Origin = origin;
        _time = time;
        _lock = writerLock;
        _checkpoints = log.Checkpoints;
        _entries = log.Entries;
        _tree = log.Tree;
        _frontier = log.Frontier;
        _previous = log.Previous;
        _size = log.Frontier.Size;
        Tiles = log.Tiles;
        Recovery = log.Recovery;
    }

    public string Origin { get; }

    public ReceiptLogRecovery Recovery { get; }

    public TileStore Tiles { get; }

    /// <summary>How many receipts are stored. Other threads may read it.</summary>
    public long Size => Volatile.Read(ref _size);

    public ReceiptCheckpoint? LastCheckpoint => _checkpoints.Last;

    /// <exception cref="ReceiptLogException">The log is in use, damaged, or another host's.</exception>
    public static LogWriter Open(string path, PermissionIssuer hostKey, string? origin, TimeProvider time)
    {
        LogFolder folder = new(Path.GetFullPath(path));
        Directory.CreateDirectory(folder.Path);
        WriterLock writerLock = WriterLock.Take(folder);
        try
        {
            RecoveredLog log = RecoveredLog.Open(folder, hostKey.PublicKey);
            string name = origin ?? log.Checkpoints.Last?.Origin ?? hostKey.Name;
            if (log.Checkpoints.Last is { } last && last.Origin != name)
            {
                log.Dispose();
                throw new ReceiptLogException(
                    ReceiptLogFault.UnorderedCheckpoint,
                    $"The receipt log '{folder.Path}' is of the origin '{last.Origin}', not '{name}'. An origin is for the life of a log.");
            }

            return new LogWriter(folder, hostKey, name, time, writerLock, log);
        }
        catch
        {
            writerLock.Dispose();
            throw;
        }
    }

    /// <summary>Adds receipts; they are stored when <see cref="Commit"/> returns, or before.</summary>
    public void Append(IReadOnlyList<Receipt> receipts)
    {
        foreach (Receipt receipt in receipts)
        {
            byte[] entry = ReceiptEncoder.Encode(receipt with { Previous = _previous });
            _previous = MerkleHash.Leaf(entry);
            _leaves.Add(_previous);
            _entries.Add(entry);
            if (_entries.IsAtEndOfFile)
            {
                Commit();
            }
        }
    }

    /// <summary>Waits until the disk has every receipt, then adds their hashes: a hash says that its receipt is safe.</summary>
    public void Commit()
    {
        _entries.Flush();
        foreach (ReceiptHash leaf in _leaves)
        {
            _tree.Add(_frontier.Size, leaf);
            _frontier.Append(leaf);
        }

        _tree.Flush(_frontier.Size);
        _leaves.Clear();
        Volatile.Write(ref _size, _frontier.Size);
    }

    /// <summary>Signs what is stored, after reading it back; the last checkpoint when nothing was added since.</summary>
    /// <exception cref="ReceiptLogException">What is on the disk is not what was written.</exception>
    public ReceiptCheckpoint Checkpoint()
    {
        if (LastCheckpoint is { } last && last.Size == _size)
        {
            return last;
        }

        ReadBack(LastCheckpoint?.Size ?? 0);
        ReceiptHash root = _frontier.Root();
        if (new MerkleTree(Tiles.Subtree).Root(_size) != root)
        {
            throw Changed(_folder.Tiles);
        }

        Tiles.Flush();
        byte[] payload = CheckpointCodec.Encode(Origin, _size, root, _time.GetUtcNow());
        ReceiptCheckpoint checkpoint = CheckpointCodec.Decode(payload, _hostKey.SignMessage(CheckpointCodec.Type, payload));
        _checkpoints.Append(checkpoint);
        return checkpoint;
    }

    public void Dispose()
    {
        _entries.Dispose();
        Tiles.Dispose();
        _checkpoints.Dispose();
        _lock.Dispose();
    }

    // In 2022 one flipped bit, between hashing an entry and signing a root over it, ended a public log for good. So what is signed is
    // what the disk gives back.
    private void ReadBack(long from)
    {
        Span<byte> hashes = stackalloc byte[TilePath.Width * ReceiptHash.Size];
        for (long first = from / TilePath.Width * TilePath.Width; first < _size; first += TilePath.Width)
        {
            string path = TilePath.Of(_folder.Entries, first / TilePath.Width);
            _bundle.Read(path);
            int count = (int)Math.Min(TilePath.Width, _size - first);
            if (_bundle.Count != count || _bundle.RestBytes != 0)
            {
                throw Changed(path);
            }

            Span<byte> tile = hashes[..(count * ReceiptHash.Size)];
            Tiles.Read(0, first, tile);
            for (int i = (int)Math.Max(0, from - first); i < count; i++)
            {
                if (MerkleHash.Leaf(_bundle[i].Span) != new ReceiptHash(tile.Slice(i * ReceiptHash.Size, ReceiptHash.Size)))
                {
                    throw Changed($"{path}, receipt {first + i}");
                }
            }
        }
    }

    private static ReceiptLogException Changed(string place) => new(
        ReceiptLogFault.WrongHash,
        $"The disk does not give back what was written: {place}. No checkpoint was signed over it. Check the disk and its memory, and " +
        "restore the log from a copy.");
}
