using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sqlite.Tests.Support;

namespace Oml.Sdk.Sqlite.Tests;

/// <summary>What becomes of the file: across restarts, and when it is damaged, locked, full or somebody else's.</summary>
public sealed class SqliteLedgerFileTests : IDisposable
{
    private static readonly DateTimeOffset Until = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly LedgerFolder _folder = new();
    private readonly PermissionKey _key = new("https://publisher.example", PermissionNonce.CreateRandom());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_restart_keeps_everything()
    {
        await using (SqliteUsageLedger ledger = _folder.Open())
        {
            await ledger.RedeemAsync(_key, Until, Cancellation);
            await ledger.ReserveAsync(_key, 7, 10, Until, Cancellation);
            await ledger.AdvanceAsync(_key, 5, Until, Cancellation);
            await ledger.ObserveAsync(Until.AddDays(-1), Cancellation);
        }

        await using SqliteUsageLedger again = _folder.Open();
        (await again.RedeemAsync(_key, Until, Cancellation)).Should().BeFalse();
        (await again.ReserveAsync(_key, 7, 10, Until, Cancellation)).Should().Be(new UnitReservation(3, 0));
        (await again.AdvanceAsync(_key, 5, Until, Cancellation)).Should().Be(5);
        (await again.ObserveAsync(DateTimeOffset.UnixEpoch, Cancellation)).Should().Be(Until.AddDays(-1));
    }

    [Fact]
    public async Task Two_ledgers_on_one_file_share_the_books()
    {
        await using SqliteUsageLedger one = _folder.Open();
        await using SqliteUsageLedger other = _folder.Open();
        bool[] won = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() => (i % 2 == 0 ? one : other).RedeemAsync(_key, Until, Cancellation).AsTask())));

        won.Count(redeemed => redeemed).Should().Be(1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(100)]
    public async Task A_damaged_file_is_refused_and_left_as_it_is(int offset)
    {
        await using (SqliteUsageLedger ledger = _folder.Open())
        {
            await ledger.RedeemAsync(_key, Until, Cancellation);
        }

        byte[] damaged = await File.ReadAllBytesAsync(_folder.Path, Cancellation);
        damaged.AsSpan(offset, 200).Fill(0xA5);
        await File.WriteAllBytesAsync(_folder.Path, damaged, Cancellation);

        FluentActions.Invoking(() => _folder.Open()).Should().Throw<UsageLedgerException>().WithMessage("*usage.db*");
        (await File.ReadAllBytesAsync(_folder.Path, Cancellation)).Should().Equal(damaged);
    }

    [Fact]
    public void A_text_file_is_no_ledger()
    {
        File.WriteAllText(_folder.Path, new string('x', 5_000));

        FluentActions.Invoking(() => _folder.Open()).Should().Throw<UsageLedgerException>().WithMessage("*no SQLite file*");
    }

    [Fact]
    public async Task A_file_of_another_program_or_a_later_version_is_refused()
    {
        _folder.Execute("CREATE TABLE notes (text TEXT)");
        FluentActions.Invoking(() => _folder.Open()).Should().Throw<UsageLedgerException>().WithMessage("*another program*");

        File.Delete(_folder.Path);
        await _folder.Open().DisposeAsync();
        _folder.Execute("PRAGMA user_version = 99");
        FluentActions.Invoking(() => _folder.Open()).Should().Throw<UsageLedgerException>().WithMessage("*version 99*Update*");
    }

    [Fact]
    public async Task A_locked_file_is_named_and_nothing_is_booked()
    {
        await using SqliteUsageLedger ledger = _folder.Open(busyTimeout: TimeSpan.Zero);
        using (SqliteConnection other = new($"Data Source={_folder.Path};Pooling=False"))
        {
            other.Open();
            using SqliteTransaction transaction = other.BeginTransaction(deferred: false);
            await FluentActions.Awaiting(() => ledger.RedeemAsync(_key, Until, Cancellation).AsTask())
                .Should().ThrowAsync<UsageLedgerException>().WithMessage("*locked*");
        }

        (await ledger.RedeemAsync(_key, Until, Cancellation)).Should().BeTrue();
    }

    [Fact]
    public async Task A_full_disk_is_named_and_nothing_is_booked()
    {
        await using SqliteUsageLedger ledger = _folder.Open();
        await ledger.RedeemAsync(_key, Until, Cancellation);

        // What a full disk says, from SQLite itself: the file may not grow.
        int refused = 0;
        await using SqliteUsageLedger small = SmallLedger();
        PermissionKey last = default;
        for (int i = 0; i < 5_000 && refused == 0; i++)
        {
            last = new PermissionKey(new string('i', 400), PermissionNonce.CreateRandom());
            try
            {
                await small.RedeemAsync(last, Until, Cancellation);
            }
            catch (UsageLedgerException error)
            {
                error.Message.Should().Contain("disk is full");
                refused++;
            }
        }

        refused.Should().Be(1);
        (await ledger.RedeemAsync(last, Until, Cancellation)).Should().BeTrue("it was refused, so it was not booked");
    }

    [Fact]
    public async Task Time_that_was_set_forward_for_a_while_makes_nothing_forgotten()
    {
        Microsoft.Extensions.Time.Testing.FakeTimeProvider clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        DateTimeOffset until = clock.GetUtcNow().AddHours(1);
        await using (SqliteUsageLedger ledger = _folder.Open(clock))
        {
            await ledger.ObserveAsync(clock.GetUtcNow(), Cancellation);
            await ledger.RedeemAsync(_key, until, Cancellation);
            clock.Advance(TimeSpan.FromDays(3650));
            await Task.WhenAll(Enumerable.Range(0, 3_000).Select(
                _ => ledger.RedeemAsync(new PermissionKey("other", PermissionNonce.CreateRandom()), clock.GetUtcNow().AddHours(1), Cancellation).AsTask()));
        }

        await using SqliteUsageLedger right = _folder.Open(new Microsoft.Extensions.Time.Testing.FakeTimeProvider(until.AddHours(-1)));
        (await right.RedeemAsync(_key, until, Cancellation)).Should().BeFalse();
    }

    [Fact]
    public async Task What_ended_a_short_while_ago_is_kept_so_that_setting_the_clock_back_brings_nothing()
    {
        Microsoft.Extensions.Time.Testing.FakeTimeProvider clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        DateTimeOffset until = clock.GetUtcNow().AddMinutes(1);
        await using (SqliteUsageLedger ledger = _folder.Open(clock))
        {
            await ledger.RedeemAsync(_key, until, Cancellation);
            clock.Advance(TimeSpan.FromMinutes(3));
            await ledger.ObserveAsync(clock.GetUtcNow(), Cancellation);
            await Task.WhenAll(Enumerable.Range(0, 3_000).Select(
                _ => ledger.RedeemAsync(new PermissionKey("other", PermissionNonce.CreateRandom()), clock.GetUtcNow().AddHours(1), Cancellation).AsTask()));
        }

        await using SqliteUsageLedger behind = _folder.Open(new Microsoft.Extensions.Time.Testing.FakeTimeProvider(until.AddSeconds(-30)));
        (await behind.RedeemAsync(_key, until, Cancellation)).Should().BeFalse("by this clock the permission holds, and was used");
    }

    [Fact]
    public async Task What_has_ended_is_swept()
    {
        Microsoft.Extensions.Time.Testing.FakeTimeProvider clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using SqliteUsageLedger ledger = _folder.Open(clock);
        for (int round = 0; round < 30; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 1_100).Select(
                _ => ledger.RedeemAsync(new PermissionKey("other", PermissionNonce.CreateRandom()), clock.GetUtcNow().AddMinutes(1), Cancellation).AsTask()));
            clock.Advance(TimeSpan.FromHours(1));
            await ledger.ObserveAsync(clock.GetUtcNow(), Cancellation);
        }

        Count().Should().BeLessThan(30 * 1_100);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no/such/folder/usage.db")]
    public void A_path_that_cannot_be_opened_is_named(string path)
    {
        Action open = () => SqliteUsageLedger.Open(new SqliteLedgerOptions { Path = path });

        (path.Length == 0 ? (Exception)open.Should().Throw<OptionsValidationException>().Which : open.Should().Throw<UsageLedgerException>().Which)
            .Message.Should().Contain(path.Length == 0 ? "Path" : "usage.db");
    }

    private SqliteUsageLedger SmallLedger()
    {
        SqliteUsageLedger ledger = _folder.Open();
        ledger.LimitPages(40);
        return ledger;
    }

    private long Count()
    {
        using SqliteConnection connection = new($"Data Source={_folder.Path};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM permission";
        return (long)command.ExecuteScalar()!;
    }
}
