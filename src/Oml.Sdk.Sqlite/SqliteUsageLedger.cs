using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Sqlite;

/// <summary>A usage ledger in a SQLite file: for all processes of one machine, kept across restarts and crashes.</summary>
/// <remarks>
/// <para>Write-ahead log, <c>synchronous = FULL</c>: what was acknowledged survives the loss of the process and, where the disk keeps
/// its word, of power (I3). Verbs that come at the same time share one sync of the disk. Losing a process loses at most the units that
/// its sessions had reserved, in the publisher's favour (I4).</para>
/// <para>A file that is damaged, of another program or of a later version is refused and never made anew. Thread-safe. Several
/// ledgers, in one or several processes, may have one file open.</para>
/// </remarks>
public sealed class SqliteUsageLedger : IUsageLedger, IAsyncDisposable
{
    private readonly LedgerWriter _writer;
    private readonly TimeProvider _time;

    private SqliteUsageLedger(LedgerWriter writer, TimeProvider time)
    {
        _writer = writer;
        _time = time;
    }

    /// <summary>Opens a ledger, or makes a new one where there is no file, which is logged.</summary>
    /// <param name="options">Where; not kept.</param>
    /// <param name="timeProvider">The clock by which entries end; the system's when null.</param>
    /// <param name="loggerFactory">Where the ledger logs; nowhere when null.</param>
    /// <returns>The ledger; dispose it.</returns>
    /// <exception cref="UsageLedgerException">The file is damaged, empty, locked, not writable, of another program or of a later version.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is missing or out of range.</exception>
    public static SqliteUsageLedger Open(
        SqliteLedgerOptions options, TimeProvider? timeProvider = null, ILoggerFactory? loggerFactory = null) =>
        Open(options, timeProvider ?? TimeProvider.System, loggerFactory ?? NullLoggerFactory.Instance, LedgerSchema.Current);

    /// <inheritdoc/>
    public async ValueTask<bool> RedeemAsync(PermissionKey key, DateTimeOffset keepUntil, CancellationToken cancellationToken = default) =>
        !IsOver(keepUntil) && await _writer.RunAsync(statements => statements.Redeem(key, Milliseconds(keepUntil)), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(PermissionKey key, CancellationToken cancellationToken = default) =>
        await _writer.RunAsync(
            statements =>
            {
                statements.Release(key);
                return true;
            },
            cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<UnitReservation> ReserveAsync(
        PermissionKey key, long units, long limit, DateTimeOffset keepUntil, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(units);
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        return IsOver(keepUntil) ? default : await _writer.RunAsync(
            statements => statements.Reserve(key, units, limit, Milliseconds(keepUntil)), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask ReturnAsync(PermissionKey key, long units, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(units);
        await _writer.RunAsync(
            statements =>
            {
                statements.Return(key, units);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<long> AdvanceAsync(
        PermissionKey key, long index, DateTimeOffset keepUntil, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(index);
        return IsOver(keepUntil) ? index : await _writer.RunAsync(
            statements => statements.Advance(key, index, Milliseconds(keepUntil)), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<DateTimeOffset> ObserveAsync(DateTimeOffset now, CancellationToken cancellationToken = default) =>
        DateTimeOffset.FromUnixTimeMilliseconds(
            await _writer.RunAsync(statements => statements.Observe(now.ToUnixTimeMilliseconds()), cancellationToken).ConfigureAwait(false));

    /// <summary>Finishes what waits and closes the file.</summary>
    /// <returns>When that is done.</returns>
    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    internal static SqliteUsageLedger Open(SqliteLedgerOptions options, TimeProvider time, ILoggerFactory loggers, LedgerSchema schema)
    {
        ArgumentNullException.ThrowIfNull(options);
        SqliteLedgerOptionsValidator.ThrowIfInvalid(options);
        string path = Path.GetFullPath(options.Path);

        // SQLite keeps the log beside what a link leads to.
        path = File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;
        ILogger logger = loggers.CreateLogger<SqliteUsageLedger>();
        SqliteConnection? connection = null;
        try
        {
            if (LedgerFile.Make(path, schema))
            {
                LedgerLog.Made(logger, path);
            }

            connection = LedgerFile.Open(path, options.BusyTimeout, schema);
            if (schema.Upgrade(connection) is long version && version < schema.Steps.Count)
            {
                LedgerLog.Migrated(logger, path, version, schema.Steps.Count);
            }

            return new SqliteUsageLedger(new LedgerWriter(connection, path, time), time);
        }
        catch (SqliteException error)
        {
            connection?.Dispose();
            throw LedgerErrors.Of(error, path);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    /// <summary>Keeps the file from growing, which SQLite reports as it does a full disk. For tests.</summary>
    internal void LimitPages(int pages) => _writer.LimitPages(pages);

    // Rounded up: a permission must not be forgotten a fraction of a millisecond before it ends.
    private static long Milliseconds(DateTimeOffset time) =>
        time.UtcTicks % TimeSpan.TicksPerMillisecond == 0 ? time.ToUnixTimeMilliseconds() : time.ToUnixTimeMilliseconds() + 1;

    // What the ledger no longer has to keep may be gone already; a new row would start it afresh.
    private bool IsOver(DateTimeOffset keepUntil) => keepUntil < _time.GetUtcNow();
}
