using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Oml.Sdk.Permissions;
using Oml.Sdk.Telemetry;

namespace Oml.Sdk.Metering.Receipts.Recording;

/// <summary>Writes receipts of what a model's sessions deliver. Thread-safe.</summary>
/// <remarks>
/// The usage ledger is told the time, and under the log's name too, before a receipt of that time is written. So a ledger that knows an
/// earlier time of the log than that of its last receipt is not the one that the receipts were written beside: an old copy was put in its
/// place. That is looked for at start and before receipts are written. The ledger is told no time that no permission
/// vouches for: a wall clock that jumps while a session is open counts as far as the steady clock came since the last permission was
/// accepted, and a little more, as clocks are corrected. On a machine that slept, receipts are as much too early until the next permission.
/// </remarks>
internal sealed class UsageRecorder : IAsyncDisposable
{
    // A long backlog becomes shorter while it is written, and not at its end only: a disk that is slow answers all the same.
    private const int MaxBatch = 4096;
    private const int MinShare = 16;

    private readonly ReceiptLog _log;
    private readonly bool _ownsLog;
    private readonly IUsageLedger _ledger;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<SessionRecord, bool> _sessions = [];
    private readonly LedgerMark _mark;
    private readonly ReceiptBacklog _backlog;
    private readonly Lock _order = new();
    private readonly SemaphoreSlim _woken = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _flushTimer;
    private readonly Task _loop;
    private OmlException? _failure;
    private AcceptedTime? _accepted;
    private long _observed;
    private long _lastCheckpoint;

    private UsageRecorder(
        ReceiptLog log, bool ownsLog, ReceiptOptions options, IUsageLedger ledger, LedgerMark mark, TimeProvider time, ILogger logger)
    {
        _log = log;
        _ownsLog = ownsLog;
        _ledger = ledger;
        _mark = mark;
        _logger = logger;
        Options = options;
        _backlog = new ReceiptBacklog(options.MaxBacklog);
        Time = time;
        _lastCheckpoint = time.GetTimestamp();
        _flushTimer = time.CreateTimer(_ => Wake(), null, options.FlushInterval, options.FlushInterval);
        _loop = Task.Run(RunAsync);
    }

    public ReceiptOptions Options { get; }

    public TimeProvider Time { get; }

    /// <summary>Starts, if the ledger is as new as the log.</summary>
    /// <exception cref="UsageLedgerException">The ledger is older.</exception>
    /// <exception cref="ReceiptLogException">The log cannot be read.</exception>
    public static async Task<UsageRecorder> StartAsync(
        ReceiptLog log, bool ownsLog, ReceiptOptions options, IUsageLedger ledger, TimeProvider time, ILogger logger)
    {
        LedgerMark mark = new(ledger, log);

        // A ledger in memory starts empty, and says so in the log.
        if (log.Size > 0 && ledger is not InMemoryUsageLedger)
        {
            Receipt last = await log.ReadAsync(log.Size - 1).ConfigureAwait(false);
            DateTimeOffset marked = await mark.ReadAsync().ConfigureAwait(false);
            if (marked < last.Time && !options.AcceptOlderLedger)
            {
                string known = marked > DateTimeOffset.UnixEpoch ? $"up to {marked:u}" : "not at all";
                throw Older($"The usage ledger knows the receipt log '{log.Origin}' {known}, but there is a receipt of {last.Time:u}");
            }

            if (marked < last.Time)
            {
                await mark.RaiseAsync(last.Time).ConfigureAwait(false);
                OmlLog.OlderLedgerAccepted(logger, marked, last.Time);
            }
        }

        return new UsageRecorder(log, ownsLog, options, ledger, mark, time, logger);
    }

    /// <summary>Notes a time at which a permission was found to hold, and that the ledger was told.</summary>
    public void Accept(DateTimeOffset now) => Volatile.Write(ref _accepted, new AcceptedTime(now, Time.GetTimestamp()));

    public SessionRecord Open(Permission permission)
    {
        SessionRecord session = new(this, permission, _backlog);
        _sessions.TryAdd(session, true);
        return session;
    }

    /// <summary>Writes what a session delivered, when nothing more will come.</summary>
    /// <exception cref="ReceiptLogException">It could not be written.</exception>
    /// <exception cref="UsageLedgerException">The ledger could not be told the time; it is tried again later.</exception>
    public async ValueTask CloseAsync(SessionRecord session)
    {
        session.IsClosed = true;
        await FlushAllAsync([session]).ConfigureAwait(false);
        _sessions.TryRemove(session, out _);
    }

    public void Wake()
    {
        if (_woken.CurrentCount == 0)
        {
            try
            {
                _woken.Release();
            }
            catch (SemaphoreFullException)
            {
                // Somebody else was faster.
            }
        }
    }

    /// <summary>Refuses a call that would have no receipt.</summary>
    /// <exception cref="ReceiptLogException">Receipts cannot be written, or too many wait.</exception>
    /// <exception cref="UsageLedgerException">The ledger is an old copy.</exception>
    public void ThrowIfUnrecordable()
    {
        if (Volatile.Read(ref _failure) is { } failure)
        {
            throw failure is UsageLedgerException
                ? new UsageLedgerException($"The model is not used: {failure.Message}", failure)
                : new ReceiptLogException(
                    ReceiptLogFault.WritingFailed, $"Receipts cannot be written, so the model is not used: {failure.Message}", failure);
        }

        if (_backlog.IsFull)
        {
            // Or it would stay full until the next interval, if the store has come back.
            Wake();
            throw _backlog.Full();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _flushTimer.DisposeAsync().ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
        _woken.Dispose();
        await TryAsync(() => FlushAllAsync(_sessions.Keys)).ConfigureAwait(false);
        await TryAsync(() => _log.CheckpointAsync(CancellationToken.None)).ConfigureAwait(false);
        if (_ownsLog)
        {
            await _log.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _woken.WaitAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await TryAsync(WriteAsync).ConfigureAwait(false);
        }
    }

    private async Task WriteAsync()
    {
        bool isMore;
        do
        {
            isMore = await FlushAsync(_sessions.Keys).ConfigureAwait(false);
            if (Time.GetElapsedTime(_lastCheckpoint) >= Options.CheckpointInterval)
            {
                await _log.CheckpointAsync(CancellationToken.None).ConfigureAwait(false);
                _lastCheckpoint = Time.GetTimestamp();
            }
        }
        while (isMore);

        ForgetClosed();
    }

    // A session that closed while the ledger was away stayed for its receipts.
    private void ForgetClosed()
    {
        foreach (SessionRecord session in _sessions.Keys)
        {
            if (session.IsClosed && !session.HasPending)
            {
                _sessions.TryRemove(session, out _);
            }
        }
    }

    // A ledger that cannot be reached may come back: nothing was taken from the sessions yet. A log that failed does not.
    private async Task TryAsync(Func<Task> write)
    {
        try
        {
            await write().ConfigureAwait(false);
        }
        catch (Exception error) when (error is ReceiptLogException or ObjectDisposedException)
        {
            Fail(error);
        }
        catch (Exception error)
        {
            OmlLog.ReceiptsDelayed(_logger, error);
        }
    }

    private async Task FlushAllAsync(IEnumerable<SessionRecord> sessions)
    {
        while (await FlushAsync(sessions).ConfigureAwait(false))
        {
        }
    }

    /// <summary>Writes what the sessions delivered: about a batch at most, to which each that has something may give its share.</summary>
    /// <returns>Whether one of them gave its whole share, so that more may wait.</returns>
    private async Task<bool> FlushAsync(IEnumerable<SessionRecord> sessions)
    {
        SessionRecord[] waiting = [.. sessions.Where(session => session.HasPending)];
        if (waiting.Length == 0)
        {
            return false;
        }

        DateTimeOffset now = CredibleTime();
        await ObserveAsync(now).ConfigureAwait(false);
        Task appending = Task.CompletedTask;
        List<Receipt> receipts = [];
        int share = Math.Max(MaxBatch / waiting.Length, MinShare);
        bool isMore = false;
        lock (_order)
        {
            // What is taken is handed to the log before anybody else takes: a session's receipts stand in their order.
            foreach (SessionRecord session in waiting)
            {
                isMore |= session.Take(now, share, receipts) == share;
            }

            if (receipts.Count > 0)
            {
                appending = _log.AppendAsync(receipts, CancellationToken.None);
            }
        }

        try
        {
            await appending.ConfigureAwait(false);
            if (Options.Digests != ReceiptDigests.None)
            {
                _backlog.Remove(receipts.Count);
            }
        }
        catch (Exception error)
        {
            Fail(error);
            throw;
        }

        return isMore;
    }

    private DateTimeOffset CredibleTime()
    {
        DateTimeOffset now = Time.GetUtcNow();
        if (Volatile.Read(ref _accepted) is not { } accepted)
        {
            return now;
        }

        DateTimeOffset latest = accepted.Time + Time.GetElapsedTime(accepted.Timestamp) + (OmlModelCore.ClockGrace / 2);
        return now < latest ? now : latest;
    }

    // Receipts have whole seconds, so the ledger needs to be told once a second at most. What was used under a ledger that turns out to be an
    // old copy gets its receipts, and nothing is used any more.
    private async ValueTask ObserveAsync(DateTimeOffset now)
    {
        long second = now.ToUnixTimeSeconds();
        if (second > Volatile.Read(ref _observed))
        {
            if (!await _mark.TryRaiseAsync(now).ConfigureAwait(false))
            {
                Fail(Older($"The usage ledger has forgotten what it was told for the receipt log '{_log.Origin}' while the model ran"));
            }

            await _ledger.ObserveAsync(now, CancellationToken.None).ConfigureAwait(false);
            Volatile.Write(ref _observed, second);
        }
    }

    private static UsageLedgerException Older(string what) => new(
        $"{what}: the ledger is an old copy, or another one, and units that were used since could be used again. Put the newest ledger back; if it is " +
        $"lost, set {nameof(ReceiptOptions)}.{nameof(ReceiptOptions.AcceptOlderLedger)} once.");

    private void Fail(Exception error)
    {
        OmlException failure = error as OmlException ?? new ReceiptLogException(
            ReceiptLogFault.WritingFailed, $"{error.Message} Mend the cause and build the model again.", error);
        if (Interlocked.CompareExchange(ref _failure, failure, null) is not null)
        {
            return;
        }

        if (failure is UsageLedgerException)
        {
            OmlLog.OlderLedgerFound(_logger, failure);
        }
        else
        {
            OmlLog.ReceiptsNotWritten(_logger, error);
        }
    }

    private sealed record AcceptedTime(DateTimeOffset Time, long Timestamp);
}
