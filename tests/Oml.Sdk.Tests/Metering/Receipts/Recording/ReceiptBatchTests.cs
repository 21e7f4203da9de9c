using Microsoft.Extensions.Logging.Abstractions;
using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Metering.Receipts.Recording;
using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests.Metering.Receipts.Recording;

/// <summary>What waits is written in batches, to which all sessions that have receipts waiting give their share.</summary>
public sealed class ReceiptBatchTests : IDisposable
{
    private readonly LogFixture _files = new();
    private readonly FailingLedger _ledger = new();
    private readonly CountingClock _clock = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Sessions_that_are_idle_do_not_make_the_batches_of_a_busy_one_smaller()
    {
        const int count = 1000;
        await using ReceiptLog log = await _files.OpenAsync();
        await using UsageRecorder recorder = await StartAsync(log);
        for (int i = 0; i < 1000; i++)
        {
            recorder.Open(Permission(i));
        }

        SessionRecord busy = recorder.Open(Permission(1000));
        Deliver(busy, count);
        int before = _clock.Reads;

        recorder.Wake();
        await UntilAsync(() => log.Size == count);

        (_clock.Reads - before).Should().Be(1, "the clock is read once a batch, and a batch has room for all");
    }

    [Fact]
    public async Task Every_receipt_is_written_once_and_in_its_sessions_order_while_sessions_close_and_the_ledger_fails()
    {
        const int sessions = 24;
        const int calls = 1500;
        await using ReceiptLog log = await _files.OpenAsync();
        await using (UsageRecorder recorder = await StartAsync(log))
        {
            int told = 0;
            _ledger.Observing = () => Interlocked.Increment(ref told) % 3 == 0 ? throw new IOException("the store is away") : Task.CompletedTask;
            await Task.WhenAll(Enumerable.Range(0, sessions).Select(i => Task.Run(async () =>
            {
                SessionRecord session = recorder.Open(Permission(i));
                for (int done = 0; done < calls; done += 100)
                {
                    Deliver(session, 100);
                    _clock.Advance();
                    recorder.Wake();
                }

                while (true)
                {
                    try
                    {
                        await recorder.CloseAsync(session);
                        return;
                    }
                    catch (IOException)
                    {
                        _clock.Advance();
                    }
                }
            })));
        }

        Receipt[] receipts = await ReceiptLogReader.ReadAsync(_files.Folder, 0, Cancellation).ToArrayAsync(Cancellation);
        receipts.Should().HaveCount(sessions * calls);
        foreach (IGrouping<PermissionKey, Receipt> session in receipts.GroupBy(receipt => receipt.Permission))
        {
            session.Select(receipt => receipt.FirstUnit).Should().Equal(Enumerable.Range(0, calls).Select(i => (long?)i));
        }
    }

    private static void Deliver(SessionRecord session, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            session.Delivered(ModelFixture.Inputs(), null!, 1);
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(1, Cancellation);
        }
    }

    private static Permission Permission(int number)
    {
        byte[] nonce = new byte[PermissionNonce.Size];
        BitConverter.TryWriteBytes(nonce, number).Should().BeTrue();
        return new Permission
        {
            Issuer = "publisher",
            Licensee = "licensee",
            Model = ModelId.Compute("model"u8),
            IssuedAt = LogFixture.Start,
            ExpiresAt = LogFixture.Start.AddDays(1),
            Nonce = new PermissionNonce(nonce),
            FingerprintId = 1,
        };
    }

    private Task<UsageRecorder> StartAsync(ReceiptLog log) => UsageRecorder.StartAsync(
        log,
        ownsLog: false,
        new ReceiptOptions { Digests = ReceiptDigests.Inputs, FlushUnits = 1 << 20, FlushInterval = TimeSpan.FromHours(1) },
        _ledger,
        _clock,
        NullLogger.Instance);

    /// <summary>A wall clock that counts who looks at it, and goes on when it is told.</summary>
    private sealed class CountingClock : TimeProvider
    {
        private int _reads;
        private int _seconds;

        public int Reads => Volatile.Read(ref _reads);

        public void Advance() => Interlocked.Increment(ref _seconds);

        public override DateTimeOffset GetUtcNow()
        {
            Interlocked.Increment(ref _reads);
            return LogFixture.Start.AddSeconds(Volatile.Read(ref _seconds));
        }
    }
}
