using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Sqlite.Tests;

/// <summary>A disk that is really full.</summary>
public sealed class SqliteLedgerFullDiskTests
{
    private static readonly DateTimeOffset Until = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // One holds a part of the log; six the whole log and a part of what is written back from it, so that it is the file that cannot grow.
    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public async Task What_was_acknowledged_stays_what_failed_was_not_booked_and_it_goes_on_when_there_is_room(int megabytes)
    {
        using SmallDisk disk = new();
        Books books = new();
        await using (SqliteUsageLedger ledger = Open(disk))
        {
            await ledger.RedeemAsync(NewKey(), Until, Cancellation);
            disk.Fill(leave: megabytes << 20);
            await books.UseAsync(ledger, () => books.Errors.Count >= 500);
            books.Errors.Should().OnlyContain(message => message.Contains("disk is full. Nothing was booked"));

            disk.MakeRoom();
            await books.HoldAsync(ledger, isExact: true);
        }

        await using SqliteUsageLedger again = Open(disk);
        await books.HoldAsync(again, isExact: true);
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

    private static PermissionKey NewKey() => new("https://publisher.example", PermissionNonce.CreateRandom());
}
