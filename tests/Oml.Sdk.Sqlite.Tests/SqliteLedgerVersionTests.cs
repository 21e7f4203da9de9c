using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sqlite.Tests.Support;

namespace Oml.Sdk.Sqlite.Tests;

/// <summary>Ledgers that are made, and those of an older version that are brought up to date.</summary>
public sealed class SqliteLedgerVersionTests : IDisposable
{
    private static readonly DateTimeOffset Until = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // The steps that a next version might take, over the files that this one makes.
    private static readonly LedgerSchema Next = new([
        .. LedgerSchema.Current.Steps,
        "CREATE TABLE next (id INTEGER PRIMARY KEY) STRICT; INSERT INTO next (id) SELECT count(*) FROM permission",
        "ALTER TABLE next ADD COLUMN more INTEGER NOT NULL DEFAULT 7",
    ]);

    private readonly LedgerFolder _folder = new();
    private readonly PermissionKey _key = new("https://publisher.example", PermissionNonce.CreateRandom());
    private readonly FakeLoggerProvider _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Says_that_a_ledger_was_made_and_says_nothing_the_next_time()
    {
        using ILoggerFactory loggers = Loggers();
        await SqliteUsageLedger.Open(new SqliteLedgerOptions { Path = _folder.Path }, null, loggers).DisposeAsync();
        _log.Collector.GetSnapshot().Should().ContainSingle(line => line.Id.Id == 140 && line.Level == LogLevel.Warning).Which.Message.Should().Contain(_folder.Path);

        await SqliteUsageLedger.Open(new SqliteLedgerOptions { Path = _folder.Path }, null, loggers).DisposeAsync();
        _log.Collector.Count.Should().Be(1);
    }

    [Fact]
    public async Task Makes_one_ledger_when_many_start_at_once()
    {
        using ILoggerFactory loggers = Loggers();
        SqliteUsageLedger[] ledgers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => _folder.Open(LedgerSchema.Current, loggers))));
        bool[] redeemed = await Task.WhenAll(ledgers.Select(ledger => ledger.RedeemAsync(_key, Until, Cancellation).AsTask()));
        foreach (SqliteUsageLedger ledger in ledgers)
        {
            await ledger.DisposeAsync();
        }

        redeemed.Count(won => won).Should().Be(1);
        _log.Collector.GetSnapshot().Should().ContainSingle(line => line.Id.Id == 140);
        _folder.Bytes().Keys.Should().Equal("usage.db");
    }

    [Fact]
    public async Task What_a_start_that_was_killed_left_does_not_keep_the_next_from_starting()
    {
        await File.WriteAllTextAsync(_folder.Path + ".0123.new", "half", Cancellation);

        await using SqliteUsageLedger ledger = _folder.Open();
        (await ledger.RedeemAsync(_key, Until, Cancellation)).Should().BeTrue();
    }

    [Fact]
    public async Task Brings_an_older_file_up_to_date_once_and_keeps_what_it_holds()
    {
        using ILoggerFactory loggers = Loggers();
        await using (SqliteUsageLedger old = _folder.Open())
        {
            await old.RedeemAsync(_key, Until, Cancellation);
        }

        SqliteUsageLedger[] ledgers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _folder.Open(Next, loggers))));

        foreach (SqliteUsageLedger ledger in ledgers)
        {
            (await ledger.RedeemAsync(_key, Until, Cancellation)).Should().BeFalse();
            await ledger.DisposeAsync();
        }

        _log.Collector.GetSnapshot().Should().ContainSingle(line => line.Id.Id == 141).Which.Message.Should().Contain("version 1 to 3");
        Read("SELECT id * 1000 + more FROM next").Should().Be(1007);
        Read("PRAGMA user_version").Should().Be(3);
        FluentActions.Invoking(() => _folder.Open()).Should().Throw<UsageLedgerException>().WithMessage("*version 3*knows 1*");
    }

    [Fact]
    public async Task Takes_no_step_when_one_fails()
    {
        await _folder.Open().DisposeAsync();
        LedgerSchema broken = new([.. Next.Steps, "CREATE TABLE clock (id INTEGER)"]);

        FluentActions.Invoking(() => _folder.Open(broken)).Should().Throw<UsageLedgerException>();

        Read("PRAGMA user_version").Should().Be(1);
        Read("SELECT count(*) FROM sqlite_schema WHERE name = 'next'").Should().Be(0);
        await _folder.Open().DisposeAsync();
    }

    [Fact]
    public async Task A_new_file_takes_every_step()
    {
        await _folder.Open(Next).DisposeAsync();

        Read("SELECT more FROM next").Should().Be(7);
    }

    private ILoggerFactory Loggers() => LoggerFactory.Create(builder => builder.AddProvider(_log));

    private long Read(string sql)
    {
        using Microsoft.Data.Sqlite.SqliteConnection connection = new($"Data Source={_folder.Path};Pooling=False");
        connection.Open();
        using Microsoft.Data.Sqlite.SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
