using System.Collections.Concurrent;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Sqlite.Tests;

/// <summary>A disk that is really full.</summary>
public sealed class SqliteLedgerFullDiskTests
{
    private const int Callers = 64;
    private const long Quota = 1L << 40;

    private static readonly DateTimeOffset Until = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // One holds a part of the log; six the whole log and a part of what is written back from it, so that it is the file that cannot grow.
    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public async Task What_was_acknowledged_stays_what_failed_was_not_booked_and_it_goes_on_when_there_is_room(int megabytes)
    {
        using SmallDisk disk = new();
        PermissionKey units = NewKey();
        ConcurrentBag<PermissionKey> redeemed = [];
        ConcurrentBag<PermissionKey> refused = [];
        ConcurrentBag<string> errors = [];
        long granted = 0;
        await using (SqliteUsageLedger ledger = Open(disk))
        {
            await ledger.RedeemAsync(NewKey(), Until, Cancellation);
            disk.Fill(leave: megabytes << 20);
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(() => UseAsync(ledger, failures: 20))));
            errors.Should().OnlyContain(message => message.Contains("disk is full. Nothing was booked"));

            disk.MakeRoom();
            await HoldsAsync(ledger);
        }

        await using SqliteUsageLedger again = Open(disk);
        await HoldsAsync(again);

        async Task UseAsync(SqliteUsageLedger ledger, int failures)
        {
            while (failures > 0)
            {
                PermissionKey key = NewKey();
                try
                {
                    (await ledger.RedeemAsync(key, Until, Cancellation)).Should().BeTrue();
                    redeemed.Add(key);
                    Interlocked.Add(ref granted, (await ledger.ReserveAsync(units, 3, Quota, Until, Cancellation)).Granted);
                }
                catch (UsageLedgerException error)
                {
                    failures--;
                    errors.Add(error.Message);
                    if (!redeemed.Contains(key))
                    {
                        refused.Add(key);
                    }
                }
            }
        }

        async Task HoldsAsync(SqliteUsageLedger ledger)
        {
            redeemed.Should().NotBeEmpty();
            foreach (PermissionKey key in redeemed)
            {
                (await ledger.RedeemAsync(key, Until, Cancellation)).Should().BeFalse("it was acknowledged");
            }

            while (refused.TryTake(out PermissionKey key))
            {
                (await ledger.RedeemAsync(key, Until, Cancellation)).Should().BeTrue("it was refused, so it was not booked");
                redeemed.Add(key);
            }

            UnitReservation one = await ledger.ReserveAsync(units, 1, Quota, Until, Cancellation);
            (Quota - one.Remaining - one.Granted).Should().Be(granted);
            granted++;
        }
    }

    [Fact]
    public async Task A_ledger_on_a_full_disk_is_refused_and_opened_when_there_is_room()
    {
        using SmallDisk disk = new();
        PermissionKey key = NewKey();
        await using (SqliteUsageLedger ledger = Open(disk))
        {
            await ledger.RedeemAsync(key, Until, Cancellation);
        }

        byte[] before = await File.ReadAllBytesAsync(PathOn(disk), Cancellation);
        disk.Fill(leave: 0);

        FluentActions.Invoking(() => Open(disk)).Should().Throw<UsageLedgerException>().WithMessage("*usage.db*disk is full*");

        (await File.ReadAllBytesAsync(PathOn(disk), Cancellation)).Should().Equal(before);
        disk.MakeRoom();
        await using SqliteUsageLedger again = Open(disk);
        (await again.RedeemAsync(key, Until, Cancellation)).Should().BeFalse("it was redeemed before");
    }

    [Fact]
    public async Task No_half_of_a_ledger_is_made_on_a_full_disk()
    {
        using SmallDisk disk = new();
        disk.Fill(leave: 8_192);

        FluentActions.Invoking(() => Open(disk)).Should().Throw<UsageLedgerException>().WithMessage("*usage.db*disk is full*");

        Directory.GetFiles(disk.Path).Should().BeEmpty();
        disk.MakeRoom();
        await using SqliteUsageLedger ledger = Open(disk);
        (await ledger.RedeemAsync(NewKey(), Until, Cancellation)).Should().BeTrue();
    }

    private static string PathOn(SmallDisk disk) => Path.Combine(disk.Path, "usage.db");

    private static SqliteUsageLedger Open(SmallDisk disk) => SqliteUsageLedger.Open(new SqliteLedgerOptions { Path = PathOn(disk) });

    // Long, so that few of them fill a disk.
    private static PermissionKey NewKey() => new(new string('i', 400), PermissionNonce.CreateRandom());
}
