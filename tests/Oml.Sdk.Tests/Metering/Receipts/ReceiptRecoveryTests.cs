using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Metering.Receipts.Storage;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests.Metering.Receipts;

/// <summary>What crashes and outages leave of receipts is mended, and nothing waits that could be written.</summary>
public sealed class ReceiptRecoveryTests : IDisposable
{
    private readonly LogFixture _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(8)]
    [InlineData(65_536)]
    public async Task A_store_that_answers_never_fills_the_backlog(int most)
    {
        await using ReceiptLog log = await _files.OpenAsync();
        await using ModelFixture fixture = await ModelFixture.CreateAsync(builder => builder.UseReceipts(log, options =>
        {
            options.Digests = ReceiptDigests.Inputs;
            options.FlushUnits = 1 << 20;
            options.FlushInterval = TimeSpan.FromDays(1);
            options.MaxBacklog = most;
        }));
        await using OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue(lifetime: TimeSpan.FromDays(30)));
        for (int i = 0; i < most; i++)
        {
            (await session.InferAsync(ModelFixture.Inputs())).Dispose();
        }

        // Half of them are written without another call; the disk may be slow.
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        while (log.Size < most / 2)
        {
            await Task.Delay(10, patience.Token);
        }

        // They are counted out of the backlog a moment after they are written.
        while (await IsRefusedAsync(session))
        {
            await Task.Delay(10, patience.Token);
        }
    }

    [Fact]
    public async Task Hashes_that_a_power_cut_kept_from_the_disk_are_written_anew_wherever_they_are()
    {
        await _files.WriteAsync(200, 10);
        string tile = Directory.GetFiles(Path.Combine(_files.Paths.Tiles, "0")).Single();
        using (FileStream file = new(tile, FileMode.Open))
        {
            // A sector of a file that was not flushed since the checkpoint of 10.
            file.Position = 7 * 512;
            file.Write(new byte[512]);
        }

        await using ReceiptLog log = await _files.OpenAsync();
        log.Size.Should().Be(200);
        await log.CheckpointAsync();
    }

    [Theory]
    [InlineData(510)]
    [InlineData(511)]
    public async Task A_checkpoint_of_which_the_first_sector_was_lost_is_cut_off_wherever_the_sector_ends(int at)
    {
        string path = TilePath.Of(_files.Paths.Checkpoints, 0);
        for (int length = 1; length <= 512; length++)
        {
            await using (ReceiptLog log = await ReceiptLog.OpenAsync(_files.Folder, _files.Host, new() { Origin = new string('o', length) }))
            {
                await log.AppendAsync(LogFixture.Receipts(0, 1));
                await log.CheckpointAsync();
                if (new FileInfo(path).Length % 512 == at)
                {
                    long start = new FileInfo(path).Length;
                    await log.AppendAsync(LogFixture.Receipts(1, 1));
                    await log.CheckpointAsync();
                    using FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
                    file.Position = start;
                    file.Write(new byte[512 - at]);
                    break;
                }
            }

            Directory.Delete(_files.Folder, true);
        }

        await using ReceiptLog again = await ReceiptLog.OpenAsync(_files.Folder, _files.Host);
        again.Size.Should().Be(2);
    }

    [Fact]
    public async Task A_model_that_closes_while_the_ledger_is_away_signs_a_checkpoint_of_what_is_written()
    {
        FailingLedger ledger = new();
        await using ReceiptLog log = await _files.OpenAsync();
        ModelFixture fixture = await ModelFixture.CreateAsync(builder => builder.UseLedger(ledger).UseReceipts(log));
        await using (OmlSession first = await fixture.Model.AuthorizeAsync(fixture.Issue()))
        {
            (await first.InferAsync(ModelFixture.Inputs())).Dispose();
        }

        log.Size.Should().Be(1);
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue());
        (await session.InferAsync(ModelFixture.Inputs())).Dispose();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        ledger.Observing = () => throw new IOException("the store is away");
        await fixture.DisposeAsync();
        log.LastCheckpoint.Should().NotBeNull();
    }

    private static async Task<bool> IsRefusedAsync(OmlSession session)
    {
        try
        {
            (await session.InferAsync(ModelFixture.Inputs())).Dispose();
            return false;
        }
        catch (ReceiptLogException error) when (error.Fault == ReceiptLogFault.Backlog)
        {
            return true;
        }
    }
}
