using Oml.Sdk.Metering;
using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests.Metering.Receipts.Recording;

/// <summary>A ledger that an old copy takes the place of while a model runs.</summary>
public sealed class ReplacedLedgerTests : IDisposable
{
    private readonly LogFixture _files = new();
    private readonly ReplaceableLedger _ledger = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task A_model_that_runs_notices_at_its_next_receipt_and_so_does_the_next_start()
    {
        int delivered;
        await using (ModelFixture fixture = await CreateAsync())
        {
            await using OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue(use: PermissionUse.Resumable, lifetime: TimeSpan.FromDays(30)), Cancellation);
            (await session.InferAsync(ModelFixture.Inputs(), Cancellation)).Dispose();
            fixture.Time.Advance(TimeSpan.FromSeconds(10));
            await UntilAsync(async () => (await ReadAsync()).Length == 1);
            _ledger.Inner = ReplaceableLedger.Empty();

            // Another host, or a permission that is presented here, tells the old copy the time.
            await _ledger.ObserveAsync(fixture.Time.GetUtcNow(), Cancellation);
            UsageLedgerException? error = null;
            delivered = 1;
            await UntilAsync(async () =>
            {
                try
                {
                    (await session.InferAsync(ModelFixture.Inputs(), Cancellation)).Dispose();
                    delivered++;
                    fixture.Time.Advance(TimeSpan.FromSeconds(10));
                }
                catch (UsageLedgerException refused)
                {
                    error = refused;
                }

                return error is not null;
            });
            error!.Message.Should().Contain("old copy").And.Contain("while the model ran");
        }

        (await ReadAsync()).Sum(receipt => receipt.Units).Should().Be(delivered, "what was delivered has its receipts all the same");
        await FluentActions.Awaiting(() => CreateAsync()).Should().ThrowAsync<UsageLedgerException>("the copy is as old as it was");
        await (await CreateAsync(options => options.AcceptOlderLedger = true)).DisposeAsync();
        await (await CreateAsync()).DisposeAsync();
    }

    [Fact]
    public async Task Models_that_share_a_log_raise_no_false_alarm()
    {
        await using ReceiptLog log = await _files.OpenAsync();
        await using ModelFixture first = await CreateAsync(log);
        await using ModelFixture second = await CreateAsync(log);
        for (int i = 0; i < 5; i++)
        {
            await Task.WhenAll(new[] { first, second }.SelectMany(fixture => Enumerable.Range(0, 8).Select(async _ =>
                (await fixture.Model.InferAsync(ModelFixture.Inputs(), fixture.Issue(), Cancellation)).Dispose())));
            first.Time.Advance(TimeSpan.FromSeconds(i));
            second.Time.Advance(TimeSpan.FromSeconds(2));
        }

        log.Size.Should().Be(80);
    }

    private Task<ModelFixture> CreateAsync(Action<ReceiptOptions>? configure = null) =>
        ModelFixture.CreateAsync(builder => builder.UseLedger(_ledger).UseReceipts(_files.Folder, _files.Host, configure));

    private Task<ModelFixture> CreateAsync(ReceiptLog log) => ModelFixture.CreateAsync(builder => builder.UseLedger(_ledger).UseReceipts(log));

    private async Task<Receipt[]> ReadAsync() => await ReceiptLogReader.ReadAsync(_files.Folder, 0, Cancellation).ToArrayAsync(Cancellation);

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        while (!await condition())
        {
            await Task.Delay(5, patience.Token);
        }
    }
}
