using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Support;
using StackExchange.Redis;

namespace Oml.Sdk.Redis.Tests;

public abstract partial class RedisLedgerContract
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Does_what_the_ledger_in_memory_does(int seed)
    {
        Random random = new(seed);
        string prefix = NewPrefix();
        RedisUsageLedger[] ledgers = [await OpenAsync(prefix), await OpenAsync(prefix)];
        InMemoryUsageLedger model = new();
        PermissionKey[] keys = [.. Enumerable.Range(0, 5).Select(_ => NewKey())];
        DateTimeOffset[] times = [Later, Later.AddDays(1), DateTimeOffset.MaxValue, DateTimeOffset.UnixEpoch];
        for (int step = 0; step < 1_500; step++)
        {
            RedisUsageLedger ledger = ledgers[random.Next(ledgers.Length)];
            PermissionKey key = keys[random.Next(keys.Length)];
            DateTimeOffset keep = times[random.Next(times.Length)];
            long units = random.Next(1, 12);
            DateTimeOffset now = Later + TimeSpan.FromTicks(random.NextInt64(TimeSpan.TicksPerDay));
            (object? mine, object? expected) = random.Next(6) switch
            {
                0 => (await Try(async () => await ledger.RedeemAsync(key, keep)), await Try(async () => await model.RedeemAsync(key, keep))),
                1 => (await Try(() => Done(ledger.ReleaseAsync(key))), await Try(() => Done(model.ReleaseAsync(key)))),
                2 => (await Try(async () => await ledger.ReserveAsync(key, units, 60, keep)), await Try(async () => await model.ReserveAsync(key, units, 60, keep))),
                3 => (await Try(() => Done(ledger.ReturnAsync(key, units))), await Try(() => Done(model.ReturnAsync(key, units)))),
                4 => (await Try(async () => await ledger.AdvanceAsync(key, units, keep)), await Try(async () => await model.AdvanceAsync(key, units, keep))),
                _ => (await Try(async () => await ledger.ObserveAsync(now)), await Try(async () => await model.ObserveAsync(now))),
            };

            mine.Should().Be(expected, "that is what step {0} gives in memory", step);
        }
    }

    [Fact]
    public async Task Counts_exactly_where_doubles_no_longer_do()
    {
        const long most = (1L << 53) - 1;
        RedisUsageLedger ledger = await OpenAsync(NewPrefix());
        PermissionKey key = NewKey();

        (await ledger.ReserveAsync(key, long.MaxValue, long.MaxValue, Later)).Should().Be(new UnitReservation(most, 0));
        await ledger.ReturnAsync(key, 1);
        (await ledger.ReserveAsync(key, 2, most, Later)).Should().Be(new UnitReservation(1, 0));
        (await ledger.AdvanceAsync(key, long.MaxValue - 1, Later)).Should().Be(0);
        (await ledger.AdvanceAsync(key, long.MaxValue, Later)).Should().Be(long.MaxValue - 1);
        (await ledger.AdvanceAsync(key, long.MaxValue - 1, Later)).Should().Be(long.MaxValue);
    }

    // A server whose clock is corrected by as much as is accepted must find it still.
    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public async Task Keeps_an_entry_for_the_allowed_skew_and_ten_minutes_longer(int skew)
    {
        string prefix = NewPrefix();
        RedisUsageLedger ledger = await OpenAsync(prefix, configure: options => options.AllowedClockSkew = TimeSpan.FromMinutes(skew));
        PermissionKey key = NewKey();
        await ledger.RedeemAsync(key, Later);
        await using ConnectionMultiplexer client = await ConnectionMultiplexer.ConnectAsync(await ServerAsync());

        DateTime? expires = await client.GetDatabase().KeyExpireTimeAsync(new LedgerKeys(prefix, "epoch").Entry(key).Key);

        expires.Should().BeCloseTo(Later.UtcDateTime.AddMinutes(skew).AddMinutes(10), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Grants_nothing_to_a_caller_whose_clock_is_so_far_behind_that_the_entry_may_be_gone()
    {
        FakeTimeProvider behind = new(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero));
        RedisUsageLedger ledger = await OpenAsync(NewPrefix(), time: behind);
        PermissionKey key = NewKey();
        DateTimeOffset keep = behind.GetUtcNow().AddDays(1);

        (await ledger.RedeemAsync(key, keep)).Should().BeFalse();
        (await ledger.ReserveAsync(key, 1, 10, keep)).Should().Be(default(UnitReservation));
        (await ledger.AdvanceAsync(key, 3, keep)).Should().Be(3);
    }

    [Fact]
    public async Task Forgets_a_nonce_only_after_its_time()
    {
        RedisUsageLedger ledger = await OpenAsync(NewPrefix(), configure: options => options.AllowedClockSkew = TimeSpan.Zero);
        PermissionKey key = NewKey();
        DateTimeOffset keep = TimeProvider.System.GetUtcNow().AddSeconds(1);
        (await ledger.RedeemAsync(key, keep)).Should().BeTrue();
        int attempts = 0;
        while (TimeProvider.System.GetUtcNow() < keep.AddMilliseconds(300))
        {
            (await ledger.RedeemAsync(key, keep)).Should().BeFalse();
            attempts++;
        }

        attempts.Should().BePositive();
    }

    [Fact]
    public async Task Shares_one_quota_and_one_nonce_among_8_processes_of_64_callers()
    {
        const long quota = 5_000;
        string prefix = NewPrefix();
        PermissionKey key = NewKey();
        HostProcess[] hosts = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ => await HostProcess.StartAsync(
            "Oml.Sdk.RedisHost", "drain", await ServerAsync(), prefix, key.Nonce.ToString(), quota.ToString(CultureInfo.InvariantCulture))));

        string[] lines = await Task.WhenAll(hosts.Select(host => host.GoAsync()));

        long[][] counts = [.. lines.Select(line => line.Split(' ').Select(count => long.Parse(count, CultureInfo.InvariantCulture)).ToArray())];
        long rest = (await (await OpenAsync(prefix)).ReserveAsync(key, quota, quota, Later)).Granted;
        (counts.Sum(count => count[0]) + rest).Should().Be(quota);
        counts.Sum(count => count[1]).Should().Be(1);
    }

    [Fact]
    public async Task Gives_8_processes_that_ask_ten_times_for_the_quota_exactly_the_quota_and_each_nonce_once() =>
        await Contest.HoldAsync("Oml.Sdk.RedisHost", "contend", await ServerAsync(), NewPrefix(), "https://publisher.example");

    [Fact]
    public async Task Keeps_its_books_through_60_kills_of_processes_that_use_it_and_loses_a_block_each_at_most()
    {
        string prefix = NewPrefix();
        KillCampaign campaign = new("Oml.Sdk.RedisHost", ["redeem", await ServerAsync(), prefix], kills: 60);
        await campaign.RunAsync(TestContext.Current.CancellationToken);

        await campaign.HoldAsync(await OpenAsync(prefix, configure: options => options.OperationTimeout = TimeSpan.FromMinutes(1)));
    }

    private static async Task<object?> Done(ValueTask step)
    {
        await step;
        return null;
    }

    private static async Task<object?> Try<T>(Func<Task<T>> step)
    {
        try
        {
            return await step();
        }
        catch (ArgumentOutOfRangeException error)
        {
            return error.Message;
        }
    }
}
