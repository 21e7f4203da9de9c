using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sqlite.Tests.Support;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Sqlite.Tests;

/// <summary>Ledgers that may not be written, or that another process has locked, when they are opened.</summary>
public sealed class SqliteLedgerAccessTests : IDisposable
{
    private static readonly DateTimeOffset Until = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly LedgerFolder _folder = new();
    private readonly PermissionKey _key = new("https://publisher.example", PermissionNonce.CreateRandom());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_file_or_a_folder_that_cannot_be_written_is_refused_and_left_as_it_is(bool isFolder, bool hasLog)
    {
        await RedeemAsync();
        if (hasLog)
        {
            _folder.LeaveLog();
        }

        Dictionary<string, string> before = _folder.Bytes();
        string path = isFolder ? Path.GetDirectoryName(_folder.Path)! : _folder.Path;
        using (Mounts.MakeReadOnlyOrSkip(path))
        {
            FluentActions.Invoking(() => _folder.Open()).Should().Throw<UsageLedgerException>().WithMessage("*usage.db*writable for this user*");
        }

        Dictionary<string, string> after = _folder.Bytes();
        if (hasLog)
        {
            // Every reader makes SQLite's index of a log, which holds nothing of its own.
            after.Remove("usage.db-shm");
        }

        after.Should().BeEquivalentTo(before);
        await using SqliteUsageLedger ledger = _folder.Open();
        (await ledger.RedeemAsync(_key, Until, Cancellation)).Should().BeFalse("it was redeemed before");
    }

    [Fact]
    public void No_ledger_is_made_in_a_folder_that_cannot_be_written()
    {
        using (Mounts.MakeReadOnlyOrSkip(Path.GetDirectoryName(_folder.Path)!))
        {
            FluentActions.Invoking(() => _folder.Open()).Should().Throw<UsageLedgerException>().WithMessage("*usage.db*writable for this user*");
        }

        _folder.Bytes().Should().BeEmpty();
    }

    [Theory]
    [InlineData("NORMAL")]
    [InlineData("EXCLUSIVE")]
    public async Task A_file_that_another_process_has_locked_is_named_and_can_be_opened_once_it_is_free(string locking)
    {
        await RedeemAsync();
        HostProcess other = await HostProcess.StartAsync("Oml.Sdk.LedgerHost", "hold", _folder.Path, locking);
        string before = _folder.Bytes()["usage.db"];

        FluentActions.Invoking(() => _folder.Open(busyTimeout: TimeSpan.FromMilliseconds(200)))
            .Should().Throw<UsageLedgerException>().WithMessage("*usage.db*locked by another process*BusyTimeout*");

        _folder.Bytes()["usage.db"].Should().Be(before);
        await other.GoAsync();
        await using SqliteUsageLedger ledger = _folder.Open();
        (await ledger.RedeemAsync(_key, Until, Cancellation)).Should().BeFalse("it was redeemed before");
    }

    private async Task RedeemAsync()
    {
        await using SqliteUsageLedger ledger = _folder.Open();
        await ledger.RedeemAsync(_key, Until, Cancellation);
    }
}
