using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sqlite.Tests.Support;

namespace Oml.Sdk.Sqlite.Tests;

/// <summary>Files that are no ledgers any more, or never were: refused, and every byte left as it is.</summary>
public sealed class SqliteLedgerRefusalTests : IDisposable
{
    private static readonly DateTimeOffset Until = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly LedgerFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Refuses_a_ledger_that_was_cut_to_nothing(bool hasLog)
    {
        await FillAsync();
        if (hasLog)
        {
            _folder.LeaveLog();
        }

        using (FileStream file = new(_folder.Path, FileMode.Open))
        {
            file.SetLength(0);
        }

        RefusesAndLeaves("*empty*restore a backup*delete it*");
    }

    [Fact]
    public async Task Refuses_to_make_a_ledger_beside_the_log_of_one_that_is_gone()
    {
        await FillAsync();
        _folder.LeaveLog();
        File.Delete(_folder.Path);

        RefusesAndLeaves("*is gone*-wal*");
    }

    [Theory]
    [InlineData("DELETE")]
    [InlineData("WAL")]
    public void Does_not_touch_a_file_of_another_program(string mode)
    {
        _folder.Execute($"PRAGMA journal_mode = {mode}; CREATE TABLE notes (text TEXT)");

        RefusesAndLeaves("*another program*");
    }

    [Fact]
    public void Does_not_touch_an_empty_database_that_somebody_else_made()
    {
        _folder.Execute("CREATE TABLE notes (text TEXT); DROP TABLE notes");

        RefusesAndLeaves("*another program*");
    }

    [Fact]
    public async Task Does_not_touch_a_file_of_a_later_version()
    {
        await FillAsync();
        _folder.Execute("PRAGMA journal_mode = DELETE; PRAGMA user_version = 99");

        RefusesAndLeaves("*version 99*Update*");
    }

    [Fact]
    public async Task Does_not_touch_a_file_whose_log_says_that_it_is_of_a_later_version()
    {
        await FillAsync();
        _folder.LeaveLog("PRAGMA user_version = 99");

        RefusesAndLeaves("*version 99*Update*");
    }

    [Fact]
    public async Task Refuses_a_ledger_with_a_damaged_inner_page()
    {
        await FillAsync(2_000);
        byte[] bytes = await File.ReadAllBytesAsync(_folder.Path, Cancellation);
        bytes.Length.Should().BeGreaterThan(16 * 4096);
        bytes.AsSpan(9 * 4096, 4096).Fill(0xA5);
        await File.WriteAllBytesAsync(_folder.Path, bytes, Cancellation);

        RefusesAndLeaves("*damaged*left as it is*");
        RefusesAndLeaves("*damaged*left as it is*");
    }

    [Fact]
    public async Task Takes_a_damaged_log_up_to_its_last_whole_transaction()
    {
        await FillAsync();
        _folder.LeaveLog("INSERT INTO clock (id, latest) VALUES (1, 5)");
        string log = _folder.Path + "-wal";
        byte[] bytes = await File.ReadAllBytesAsync(log, Cancellation);
        bytes.AsSpan(bytes.Length - 100).Fill(0xA5);
        await File.WriteAllBytesAsync(log, bytes, Cancellation);

        // That is SQLite's promise: a frame whose checksum is wrong was never committed. What was checkpointed before is whole.
        await using SqliteUsageLedger ledger = _folder.Open();
        (await ledger.RedeemAsync(Key(0), Until, Cancellation)).Should().BeFalse();
        (await ledger.ObserveAsync(DateTimeOffset.FromUnixTimeMilliseconds(1), Cancellation)).ToUnixTimeMilliseconds().Should().Be(1);
    }

    private static PermissionKey Key(int number)
    {
        byte[] nonce = new byte[PermissionNonce.Size];
        BitConverter.TryWriteBytes(nonce, number);
        return new PermissionKey("issuer", new PermissionNonce(nonce));
    }

    private async Task FillAsync(int nonces = 1)
    {
        await using SqliteUsageLedger ledger = _folder.Open();
        await Task.WhenAll(Enumerable.Range(0, nonces).Select(i => ledger.RedeemAsync(Key(i), Until, Cancellation).AsTask()));
    }

    private void RefusesAndLeaves(string message)
    {
        Dictionary<string, string> before = _folder.Bytes();

        FluentActions.Invoking(() => _folder.Open()).Should().Throw<UsageLedgerException>().WithMessage(message);

        Dictionary<string, string> after = _folder.Bytes();
        if (before.ContainsKey("usage.db-wal"))
        {
            // Every reader makes SQLite's index of a log, which holds nothing of its own.
            after.Remove("usage.db-shm");
        }

        after.Should().BeEquivalentTo(before);
    }
}
