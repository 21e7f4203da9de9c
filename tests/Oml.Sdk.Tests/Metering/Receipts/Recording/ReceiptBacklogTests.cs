using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests.Metering.Receipts.Recording;

/// <summary>What waits for a store that does not answer is bounded: a call that would have to wait behind it is refused, and has cost nothing.</summary>
public sealed class ReceiptBacklogTests : IDisposable
{
    private const int Most = 8;

    private readonly LogFixture _files = new();
    private readonly FailingLedger _ledger = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Dispose();

    [Fact]
    public void As_many_receipts_may_wait_as_is_documented() => new ReceiptOptions().MaxBacklog.Should().Be(65_536);

    [Fact]
    public async Task A_ledger_that_fails_fills_the_backlog_and_one_that_is_back_empties_it()
    {
        await using ModelFixture fixture = await CreateAsync(builder => builder.UseReceipts(_files.Folder, _files.Host, Configure));
        await IsRefusedUntilAsync(
            fixture,
            stop: () => _ledger.Observing = () => throw new IOException("the store is away"),
            goOn: () => _ledger.Observing = null);
    }

    [Fact]
    public async Task A_ledger_that_hangs_does_too()
    {
        TaskCompletionSource back = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ModelFixture fixture = await CreateAsync(builder => builder.UseReceipts(_files.Folder, _files.Host, Configure));
        await IsRefusedUntilAsync(fixture, stop: () => _ledger.Observing = () => back.Task, goOn: back.SetResult);
    }

    [Fact]
    public async Task A_disk_that_hangs_does_too()
    {
        using StuckClock clock = new();
        await using ReceiptLog log = await ReceiptLog.OpenAsync(_files.Folder, _files.Host, new() { TimeProvider = clock }, Cancellation);
        await using ModelFixture fixture = await CreateAsync(builder => builder.UseReceipts(log, Configure));
        await log.AppendAsync(LogFixture.Receipts(0, 1), Cancellation);
        Task? checkpoint = null;
        await IsRefusedUntilAsync(
            fixture,
            stop: () =>
            {
                clock.MayGoOn.Reset();
                checkpoint = log.CheckpointAsync(Cancellation);
            },
            goOn: clock.MayGoOn.Set);
        await checkpoint!;
    }

    [Fact]
    public async Task Without_digests_nothing_waits_but_a_count()
    {
        await using ModelFixture fixture = await CreateAsync(
            builder => builder.UseReceipts(_files.Folder, _files.Host, options => options.MaxBacklog = Most));
        await using OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue(), Cancellation);
        _ledger.Observing = () => throw new IOException("the store is away");
        for (int i = 0; i < 3 * Most; i++)
        {
            (await session.InferAsync(ModelFixture.Inputs(), Cancellation)).Dispose();
        }

        _ledger.Observing = null;
        await session.DisposeAsync();
        (await ReadAsync()).Should().ContainSingle().Which.Units.Should().Be(3 * Most);
    }

    private static void Configure(ReceiptOptions options)
    {
        options.Digests = ReceiptDigests.Inputs;
        options.FlushUnits = 1;
        options.MaxBacklog = Most;
    }

    private Task<ModelFixture> CreateAsync(Action<OmlModelBuilder> configure) => ModelFixture.CreateAsync(builder => configure(builder.UseLedger(_ledger)));

    private async Task IsRefusedUntilAsync(ModelFixture fixture, Action stop, Action goOn)
    {
        await using OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue(quota: Most + 1, lifetime: TimeSpan.FromDays(30)), Cancellation);
        stop();
        try
        {
            for (int i = 0; i < Most; i++)
            {
                (await session.InferAsync(ModelFixture.Inputs(), Cancellation)).Dispose();
            }

            for (int i = 0; i < 3; i++)
            {
                (await FluentActions.Awaiting(() => session.InferAsync(ModelFixture.Inputs(), Cancellation).AsTask()).Should().ThrowAsync<ReceiptLogException>())
                    .Which.Fault.Should().Be(ReceiptLogFault.Backlog);
            }

            fixture.Backend.Runs.Should().Be(Most, "what is refused does not run");
        }
        finally
        {
            goOn();
        }

        await InferOnceItGoesOnAsync(fixture, session);
        await session.DisposeAsync();
        (await ReadAsync()).TakeLast(Most + 1).Select(receipt => (receipt.FirstUnit, receipt.Units)).Should().Equal(
            Enumerable.Range(0, Most + 1).Select(i => ((long?)i, 1L)), "each call that ran has its receipt, and what was refused cost nothing");
    }

    private static async Task InferOnceItGoesOnAsync(ModelFixture fixture, OmlSession session)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        while (true)
        {
            try
            {
                (await session.InferAsync(ModelFixture.Inputs(), Cancellation)).Dispose();
                return;
            }
            catch (ReceiptLogException error) when (error.Fault == ReceiptLogFault.Backlog)
            {
                // What waits is tried again after a time.
                fixture.Time.Advance(TimeSpan.FromSeconds(1));
                await Task.Delay(5, patience.Token);
            }
        }
    }

    private async Task<Receipt[]> ReadAsync() => await ReceiptLogReader.ReadAsync(_files.Folder, 0, Cancellation).ToArrayAsync(Cancellation);

    /// <summary>Holds up whoever asks for the time: a log asks while it writes a checkpoint.</summary>
    private sealed class StuckClock : TimeProvider, IDisposable
    {
        public ManualResetEventSlim MayGoOn { get; } = new(initialState: true);

        public override DateTimeOffset GetUtcNow()
        {
            MayGoOn.Wait();
            return base.GetUtcNow();
        }

        public void Dispose() => MayGoOn.Dispose();
    }
}
