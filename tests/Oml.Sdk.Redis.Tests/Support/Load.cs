using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Redis.Tests.Support;

/// <summary>Callers that use a ledger all the time, whatever happens to its server.</summary>
internal sealed class Load : IAsyncDisposable
{
    private const int Callers = 16;

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private int _index = -1;
    private int _done;

    /// <summary>Starts the callers.</summary>
    /// <param name="step">What they do, given a number that is used once. A ledger that cannot be reached ends a step and not the load.</param>
    public Load(Func<int, Task> step) => _running = Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(() => RunAsync(step))));

    public static PermissionKey NewKey() => new("https://publisher.example", PermissionNonce.CreateRandom());

    /// <summary>Waits until the callers have got so many more steps done.</summary>
    public async Task ProgressAsync(int steps)
    {
        int goal = Volatile.Read(ref _done) + steps;
        for (int i = 0; Volatile.Read(ref _done) < goal; i++)
        {
            await (_running.IsCompleted ? _running : Task.Delay(i < 5_000 ? 2 : throw new TimeoutException("The load gets nothing done.")));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(Func<int, Task> step)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await step(Interlocked.Increment(ref _index));
                Interlocked.Increment(ref _done);
            }
            catch (UsageLedgerException error) when (error is not RedisLedgerFencedException)
            {
                await Task.Delay(2);
            }
        }
    }
}
