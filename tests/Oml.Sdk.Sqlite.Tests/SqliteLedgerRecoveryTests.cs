using Microsoft.Data.Sqlite;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sqlite.Tests.Support;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Sqlite.Tests;

/// <summary>What a kill, a full disk or an odd path leaves is opened, and what is refused is left as it is.</summary>
public sealed class SqliteLedgerRecoveryTests : IDisposable
{
    private static readonly DateTimeOffset Until = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly LedgerFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Opens_what_a_kill_in_the_middle_of_a_checkpoint_leaves()
    {
        await using (SqliteUsageLedger first = _folder.Open())
        {
            await first.RedeemAsync(Key(0), Until);
        }

        string db = _folder.Path + ".copy", wal = db + "-wal";
        using (SqliteConnection keep = new($"Data Source={_folder.Path};Pooling=False"))
        {
            keep.Open();
            await using (SqliteUsageLedger ledger = _folder.Open())
            {
                await Task.WhenAll(Enumerable.Range(1, 2000).Select(i => ledger.RedeemAsync(Key(i), Until).AsTask()));
                File.Copy(_folder.Path, db);
                File.Copy(_folder.Path + "-wal", wal);
            }

            LedgerSchema.Execute(keep, "PRAGMA wal_checkpoint(TRUNCATE)");
            keep.Close();
        }

        // A checkpoint writes pages in their order: page 1 first, which says how many pages there are. Killed after it:
        byte[] page = File.ReadAllBytes(_folder.Path)[..4096];
        using (FileStream file = new(db, FileMode.Open))
        {
            file.Write(page);
        }

        File.Move(db, _folder.Path, overwrite: true);
        File.Move(wal, _folder.Path + "-wal", overwrite: true);
        await using SqliteUsageLedger again = _folder.Open();
        (await again.RedeemAsync(Key(1999), Until)).Should().BeFalse();
    }

    [Fact]
    public async Task Opens_after_the_disk_was_full_while_it_wrote_back_its_log()
    {
        using SmallDisk disk = new();
        string path = Path.Combine(disk.Path, "usage.db");
        await using (SqliteUsageLedger ledger = SqliteUsageLedger.Open(new SqliteLedgerOptions { Path = path }))
        {
            await ledger.RedeemAsync(Key(0), Until);
            disk.Fill(leave: 6 << 20);
            try
            {
                for (int i = 1; i < 200; i++)
                {
                    await Task.WhenAll(Enumerable.Range(i * 1000, 512).Select(n => ledger.RedeemAsync(Key(n), Until).AsTask()));
                }
            }
            catch (UsageLedgerException)
            {
                // The disk is full.
            }
        }

        disk.MakeRoom();
        await using SqliteUsageLedger again = SqliteUsageLedger.Open(new SqliteLedgerOptions { Path = path });
        (await again.RedeemAsync(Key(0), Until)).Should().BeFalse();
    }

    [Fact]
    public async Task Leaves_the_log_of_a_refused_file_that_is_opened_by_a_link()
    {
        await using (SqliteUsageLedger ledger = _folder.Open())
        {
            await ledger.RedeemAsync(Key(0), Until);
        }

        _folder.LeaveLog("PRAGMA user_version = 99");
        string link = _folder.Path + ".link";
        File.CreateSymbolicLink(link, _folder.Path);
        byte[] before = File.ReadAllBytes(_folder.Path);

        FluentActions.Invoking(() => SqliteUsageLedger.Open(new SqliteLedgerOptions { Path = link }))
            .Should().Throw<UsageLedgerException>().WithMessage("*version 99*");

        File.ReadAllBytes(_folder.Path).Should().Equal(before);
        File.Exists(_folder.Path + "-wal").Should().BeTrue();
    }

    [Fact]
    public async Task Forgets_as_fast_as_it_learns()
    {
        Clock clock = new();
        await using (SqliteUsageLedger ledger = _folder.Open(clock))
        {
            for (int round = 0; round < 100; round++)
            {
                for (int i = 0; i < 5; i++)
                {
                    await Task.WhenAll(Enumerable.Range((round * 1000) + (i * 100), 100).SelectMany(n => new Task[]
                    {
                        ledger.ObserveAsync(clock.Now).AsTask(), ledger.RedeemAsync(Key(n), clock.Now.AddMinutes(1)).AsTask(),
                    }));
                }

                clock.Now = clock.Now.AddHours(1);
            }
        }

        using SqliteConnection connection = new($"Data Source={_folder.Path};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM permission";
        ((long)command.ExecuteScalar()!).Should().BeLessThan(3000, "50,000 were made, 500 an hour, each kept for 11 minutes");
    }

    [Theory]
    [InlineData("a%41b.db")]
    [InlineData("a#b.db")]
    [InlineData("a?b=c.db")]
    [InlineData("a b+ü&.db")]
    [InlineData("a%00b.db")]
    public async Task Opens_again_what_it_made_under_any_name(string name)
    {
        string path = Path.Combine(Path.GetDirectoryName(_folder.Path)!, name);
        await using (SqliteUsageLedger ledger = SqliteUsageLedger.Open(new SqliteLedgerOptions { Path = path }))
        {
            await ledger.RedeemAsync(Key(0), Until);
        }

        await using SqliteUsageLedger again = SqliteUsageLedger.Open(new SqliteLedgerOptions { Path = path });
        (await again.RedeemAsync(Key(0), Until)).Should().BeFalse();
    }

    private static PermissionKey Key(int number)
    {
        byte[] nonce = new byte[PermissionNonce.Size];
        BitConverter.TryWriteBytes(nonce, number);
        return new PermissionKey("issuer", new PermissionNonce(nonce));
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
