using System.Collections.Immutable;
using Oml.Sdk.Metering.Receipts.Storage;
using Oml.Sdk.Metering.Receipts.Tree;
using Oml.Sdk.Metering.Receipts.Wire;
using Oml.Sdk.Permissions;
using Oml.Sdk.Telemetry;

namespace Oml.Sdk.Metering.Receipts;

/// <summary>A host's append-only log of receipts: a Merkle tree (RFC 9162 §2.1) in files, signed at checkpoints (docs/spec/receipt.md).</summary>
/// <remarks>
/// <para>Thread-safe: any number of callers at once; those that append at the same time share one wait for the disk. A log has one writer
/// at a time, on the machine that has the folder; anybody may read or copy the folder meanwhile.</para>
/// <para>A receipt whose append has returned is on the disk. After a crash the log opens with at least those, and with nothing
/// unfinished. When writing fails, every later call fails with <see cref="ReceiptLogFault.WritingFailed"/>: open the log again.</para>
/// <para>Memory does not grow with the log, and opening takes time for the receipts since the last checkpoint only.</para>
/// </remarks>
public sealed class ReceiptLog : IAsyncDisposable
{
    private readonly LogWriter _writer;
    private readonly LogFolder _folder;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Lock _lock = new();
    private List<PendingAppend> _pending = [];
    private Exception? _failure;
    private ReceiptCheckpoint? _lastCheckpoint;
    private bool _isDisposed;

    private ReceiptLog(LogWriter writer, LogFolder folder, IssuerPublicKey hostKey)
    {
        _writer = writer;
        _folder = folder;
        _lastCheckpoint = writer.LastCheckpoint;
        HostKey = hostKey;
    }

    /// <summary>The key that checks the log's checkpoints.</summary>
    public IssuerPublicKey HostKey { get; }

    /// <summary>The name of the log.</summary>
    internal string Origin => _writer.Origin;

    /// <summary>What opening found and mended.</summary>
    public ReceiptLogRecovery Recovery => _writer.Recovery;

    /// <summary>How many receipts are stored.</summary>
    public long Size => _writer.Size;

    /// <summary>The last checkpoint; null before the first.</summary>
    public ReceiptCheckpoint? LastCheckpoint => Volatile.Read(ref _lastCheckpoint);

    /// <summary>Opens a log for writing, or starts one in a folder that is empty or not there.</summary>
    /// <param name="folder">The log's own folder, on a disk of this machine.</param>
    /// <param name="hostKey">The key that signs checkpoints; the caller keeps it and disposes it after the log.</param>
    /// <param name="options">Origin, clock and logger; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the call before it starts to read.</param>
    /// <returns>The log. <see cref="Recovery"/> says what a crash had left.</returns>
    /// <exception cref="ReceiptLogException">The log is in use, damaged, or another host's; nothing of its receipts was changed.</exception>
    public static async Task<ReceiptLog> OpenAsync(
        string folder, PermissionIssuer hostKey, ReceiptLogOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(hostKey);
        TimeProvider time = options?.TimeProvider ?? TimeProvider.System;
        string? origin = options?.Origin;
        LogWriter writer = await Task.Run(
            () => Guarded(folder, () => LogWriter.Open(folder, hostKey, origin, time)), cancellationToken).ConfigureAwait(false);
        ReceiptLogRecovery recovery = writer.Recovery;
        if (recovery.WasTorn && options?.Logger is { } logger)
        {
            OmlLog.ReceiptLogRecovered(
                logger, folder, recovery.Receipts, recovery.ReceiptBytesCut, recovery.CheckpointBytesCut, recovery.HashBytesCut);
        }

        return new ReceiptLog(writer, new LogFolder(Path.GetFullPath(folder)), hostKey.PublicKey);
    }

    /// <summary>Appends receipts, in their order, after those that are there.</summary>
    /// <param name="receipts">
    /// The receipts; what <see cref="Receipt.Previous"/> says in them is replaced.
    /// </param>
    /// <param name="cancellationToken">Stops the call while it waits for its turn; then none of the receipts is appended.</param>
    /// <returns>The index of the first of them, once all are on the disk.</returns>
    /// <remarks>A crash before it returns can leave the first of them in the log, never one without those before it.</remarks>
    /// <exception cref="ArgumentException">One of them is null.</exception>
    /// <exception cref="ReceiptLogException">They could not be written; how many of them were is known after opening the log again.</exception>
    /// <exception cref="ObjectDisposedException">The log was disposed.</exception>
    public async Task<long> AppendAsync(IReadOnlyList<Receipt> receipts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(receipts);
        Receipt[] copy = [.. receipts];
        if (Array.IndexOf(copy, null) >= 0)
        {
            throw new ArgumentException("None of the receipts may be null.", nameof(receipts));
        }

        PendingAppend pending = new(copy);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _pending.Add(pending);
        }

        try
        {
            await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            lock (_lock)
            {
                if (_pending.Remove(pending))
                {
                    throw;
                }
            }

            // Another caller is writing it already.
            return await pending.Task.ConfigureAwait(false);
        }

        try
        {
            if (!pending.Task.IsCompleted)
            {
                await Task.Run(WritePending, CancellationToken.None).ConfigureAwait(false);
            }
        }
        finally
        {
            _writing.Release();
        }

        return await pending.Task.ConfigureAwait(false);
    }

    /// <summary>Signs what the log holds, after reading back from the disk what was appended since the last checkpoint.</summary>
    /// <param name="cancellationToken">Stops the call while it waits for its turn.</param>
    /// <returns>The checkpoint, which is stored too; the last one when nothing was appended since.</returns>
    /// <exception cref="ReceiptLogException">The disk does not give back what was written, or cannot be written.</exception>
    /// <exception cref="ObjectDisposedException">The log, or the host's key, was disposed.</exception>
    public Task<ReceiptCheckpoint> CheckpointAsync(CancellationToken cancellationToken = default) => WriteAsync(
        () =>
        {
            ReceiptCheckpoint checkpoint = _writer.Checkpoint();
            Volatile.Write(ref _lastCheckpoint, checkpoint);
            return checkpoint;
        },
        cancellationToken);

    /// <summary>Reads a receipt.</summary>
    /// <param name="index">Its index, 0 to <see cref="Size"/> − 1.</param>
    /// <param name="cancellationToken">Stops the call before it starts to read.</param>
    /// <returns>The receipt.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no receipt of that index.</exception>
    /// <exception cref="ReceiptLogException">It cannot be read, or was changed.</exception>
    public Task<Receipt> ReadAsync(long index, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Size);
        return ReadAsync(() => ReceiptReader.Read(ReadEntry(index)), cancellationToken);
    }

    /// <summary>Proves that a receipt is in the tree (RFC 9162 §2.1.3.1).</summary>
    /// <param name="index">The receipt's index.</param>
    /// <param name="size">The tree's size: that of a checkpoint, more than <paramref name="index"/> and at most <see cref="Size"/>.</param>
    /// <param name="cancellationToken">Stops the call before it starts to read.</param>
    /// <returns>The path for <see cref="MerkleProof.VerifyInclusion"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Index or size are outside those ranges.</exception>
    /// <exception cref="ReceiptLogException">The stored hashes cannot be read.</exception>
    public Task<ImmutableArray<ReceiptHash>> ProveInclusionAsync(long index, long size, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Size);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        return ReadAsync(() => new MerkleTree(_writer.Tiles.Subtree).Inclusion(index, size), cancellationToken);
    }

    /// <summary>Proves that a smaller tree is the beginning of a larger one (RFC 9162 §2.1.4.1).</summary>
    /// <param name="fromSize">The smaller tree's size, 0 or more.</param>
    /// <param name="toSize">The larger tree's size, at most <see cref="Size"/>.</param>
    /// <param name="cancellationToken">Stops the call before it starts to read.</param>
    /// <returns>The path for <see cref="MerkleProof.VerifyConsistency"/>; empty when there is nothing to prove.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The sizes are outside those ranges.</exception>
    /// <exception cref="ReceiptLogException">The stored hashes cannot be read.</exception>
    public Task<ImmutableArray<ReceiptHash>> ProveConsistencyAsync(long fromSize, long toSize, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fromSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(toSize, Size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fromSize, toSize);
        return ReadAsync(() => new MerkleTree(_writer.Tiles.Subtree).Consistency(fromSize, toSize), cancellationToken);
    }

    /// <summary>Makes the file of one receipt, which anybody can check with the host's public key.</summary>
    /// <param name="index">The receipt's index, 0 to <see cref="Size"/> − 1.</param>
    /// <param name="cancellationToken">Stops the call while it waits for its turn.</param>
    /// <returns>The file; a checkpoint is signed first if none covers the receipt yet.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no receipt of that index.</exception>
    /// <exception cref="ReceiptLogException">The log cannot be read or written, or was changed.</exception>
    /// <exception cref="ObjectDisposedException">The log, or the host's key, was disposed.</exception>
    public async Task<OfflineReceipt> ExportAsync(long index, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Size);
        ReceiptCheckpoint? checkpoint = LastCheckpoint;
        if (checkpoint is null || checkpoint.Size <= index)
        {
            checkpoint = await CheckpointAsync(cancellationToken).ConfigureAwait(false);
        }

        return await ReadAsync(
            () => OfflineReceipt.Create(
                ReadEntry(index), index, new MerkleTree(_writer.Tiles.Subtree).Inclusion(index, checkpoint.Size), checkpoint),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits for the calls in flight and closes the files; another writer may open the log then. It signs no checkpoint.</summary>
    /// <returns>When the log is closed.</returns>
    public async ValueTask DisposeAsync()
    {
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            lock (_lock)
            {
                if (_isDisposed)
                {
                    return;
                }

                _isDisposed = true;
            }

            // Who asked before the log was disposed gets an answer.
            await Task.Run(WritePending).ConfigureAwait(false);
            _writer.Dispose();
        }
        finally
        {
            _writing.Release();
        }
    }

    private byte[] ReadEntry(long index)
    {
        Bundle bundle = new();
        string path = TilePath.Of(_folder.Entries, index / TilePath.Width);
        bundle.Read(path);
        int inFile = (int)(index % TilePath.Width);
        return inFile < bundle.Count && MerkleHash.Leaf(bundle[inFile].Span) == _writer.Tiles.Read(0, index)
            ? bundle[inFile].ToArray()
            : throw new ReceiptLogException(
                ReceiptLogFault.WrongHash, $"Receipt {index} in '{path}' is not the one that was written. Restore the log from a copy.");
    }

    // Whoever holds the turn writes what everybody has handed in, and the disk is waited for once.
    private void WritePending()
    {
        List<PendingAppend> batch;
        lock (_lock)
        {
            batch = _pending;
            _pending = [];
        }

        try
        {
            ThrowIfFailed();
            long next = _writer.Size;
            foreach (PendingAppend pending in batch)
            {
                pending.Index = next;
                _writer.Append(pending.Receipts);
                next += pending.Receipts.Count;
            }

            _writer.Commit();
            batch.ForEach(pending => pending.Complete());
        }
        catch (Exception error)
        {
            _failure ??= error;
            batch.ForEach(pending => pending.Fail(Explain(error)));
        }
    }

    private async Task<T> WriteAsync<T>(Func<T> write, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return await Task.Run(
                () =>
                {
                    ThrowIfFailed();
                    try
                    {
                        return write();
                    }
                    catch (Exception error)
                    {
                        _failure = error;
                        throw Explain(error);
                    }
                },
                CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    private Task<T> ReadAsync<T>(Func<T> read, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return Task.Run(() => Guarded(_folder.Path, read), cancellationToken);
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } failure)
        {
            throw Failed(failure);
        }
    }

    private Exception Explain(Exception error) => error is ReceiptLogException or ObjectDisposedException ? error : Failed(error);

    private ReceiptLogException Failed(Exception cause) => new(
        ReceiptLogFault.WritingFailed,
        $"Writing the receipt log '{_folder.Path}' failed ({cause.Message}), so what it holds is not known. Mend the cause and open it again.",
        cause);

    private static T Guarded<T>(string folder, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ReceiptLogException(
                ReceiptLogFault.Unreadable, $"The receipt log '{folder}' cannot be read or written: {error.Message}", error);
        }
    }
}
