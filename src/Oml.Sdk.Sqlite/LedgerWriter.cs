using System.Globalization;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Oml.Sdk.Metering;

namespace Oml.Sdk.Sqlite;

/// <summary>The one thread that writes: it takes all verbs that wait into one transaction, so that one sync of the disk serves them all.</summary>
/// <remarks>A verb that comes alone does not wait for others.</remarks>
internal sealed class LedgerWriter : IAsyncDisposable
{
    private const int LargestBatch = 512;
    private const int SweepEvery = 1024;

    private readonly Channel<LedgerVerb> _waiting = Channel.CreateUnbounded<LedgerVerb>(new() { SingleReader = true });
    private readonly SqliteConnection _connection;
    private readonly LedgerStatements _statements;
    private readonly LedgerStatement _begin;
    private readonly LedgerStatement _commit;
    private readonly TimeProvider _time;
    private readonly string _path;
    private readonly Task _running;
    private int _untilSweep = SweepEvery;

    public LedgerWriter(SqliteConnection connection, string path, TimeProvider time)
    {
        _connection = connection;
        _path = path;
        _time = time;
        _statements = new LedgerStatements(connection);
        _begin = new LedgerStatement(connection, "BEGIN IMMEDIATE");
        _commit = new LedgerStatement(connection, "COMMIT");

        // A thread of its own: SQLite waits for the disk, and threads of the pool are not for waiting.
        _running = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Runs a verb; completes when it is on the disk.</summary>
    /// <exception cref="ObjectDisposedException">The ledger was disposed.</exception>
    public Task<T> RunAsync<T>(Func<LedgerStatements, T> verb, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        LedgerVerb<T> waiting = new(verb, cancellationToken);
        return _waiting.Writer.TryWrite(waiting)
            ? waiting.Task
            : Task.FromException<T>(new ObjectDisposedException(nameof(SqliteUsageLedger)));
    }

    /// <summary>Sets the largest number of pages of the file.</summary>
    public void LimitPages(int pages) => LedgerSchema.Execute(_connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA max_page_count = {pages}"));

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _running.ConfigureAwait(false);
        _begin.Dispose();
        _commit.Dispose();
        _statements.Dispose();
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private void Run()
    {
        List<LedgerVerb> batch = new(LargestBatch);
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (batch.Count < LargestBatch && _waiting.Reader.TryRead(out LedgerVerb? verb))
            {
                batch.Add(verb);
            }

            Write(batch);
            batch.Clear();
        }
    }

    private void Write(List<LedgerVerb> batch)
    {
        try
        {
            _begin.Execute();
            try
            {
                batch.ForEach(verb => verb.Run(_statements));
                if ((_untilSweep -= batch.Count) <= 0)
                {
                    _untilSweep = SweepEvery;
                    _statements.Sweep(_time.GetUtcNow().ToUnixTimeMilliseconds());
                }

                _commit.Execute();
            }
            catch
            {
                Rollback();
                throw;
            }
        }
        catch (SqliteException error)
        {
            UsageLedgerException failure = LedgerErrors.Of(error, _path);
            batch.ForEach(verb => verb.Fail(failure));
            return;
        }
        catch (Exception error)
        {
            batch.ForEach(verb => verb.Fail(error));
            return;
        }

        batch.ForEach(verb => verb.Complete());
    }

    private void Rollback()
    {
        try
        {
            LedgerSchema.Execute(_connection, "ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself, as it does on a full disk; the first error is the one to tell.
        }
    }
}
