using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Redis.Tests.Support;
using StackExchange.Redis;

namespace Oml.Sdk.Redis.Tests;

public abstract partial class RedisLedgerContract
{
    [Fact]
    public async Task Grants_a_redeem_whose_answer_was_lost_to_its_caller_and_to_nobody_else()
    {
        string prefix = NewPrefix();
        await using LossyProxy proxy = new(await ServerAsync());
        RedisUsageLedger lossy = await OpenAsync(prefix, proxy.ConnectionString);
        RedisUsageLedger other = await OpenAsync(prefix);
        for (int i = 0; i < 10; i++)
        {
            PermissionKey key = NewKey();
            await lossy.CheckAsync();
            proxy.LoseAnswers(1 + (i % 2));

            (await lossy.RedeemAsync(key, Later)).Should().BeTrue();

            (await other.RedeemAsync(key, Later)).Should().BeFalse();
            (await lossy.RedeemAsync(key, Later)).Should().BeFalse();
        }

        proxy.Lost.Should().BeGreaterThanOrEqualTo(10);
    }

    [Fact]
    public async Task Never_repeats_a_step_that_could_count_twice_when_its_answer_was_lost()
    {
        string prefix = NewPrefix();
        await using LossyProxy proxy = new(await ServerAsync());
        RedisUsageLedger lossy = await OpenAsync(prefix, proxy.ConnectionString);
        RedisUsageLedger other = await OpenAsync(prefix);
        PermissionKey key = NewKey();

        await LoseAsync(proxy, lossy, async () => await lossy.ReserveAsync(key, 10, 100, Later));
        (await other.ReserveAsync(key, 20, 100, Later)).Should().Be(new UnitReservation(20, 70));

        await LoseAsync(proxy, lossy, async () => await lossy.ReturnAsync(key, 5));
        (await other.ReserveAsync(key, 1, 100, Later)).Should().Be(new UnitReservation(1, 74));

        await LoseAsync(proxy, lossy, async () => await lossy.AdvanceAsync(key, 7, Later));
        (await other.AdvanceAsync(key, 7, Later)).Should().Be(7);

        (await other.RedeemAsync(key, Later)).Should().BeTrue();
        await LoseAsync(proxy, lossy, async () => await lossy.ReleaseAsync(key));
        (await other.RedeemAsync(key, Later)).Should().BeTrue();
        (await other.RedeemAsync(key, Later)).Should().BeFalse();
    }

    [Fact]
    public async Task Remembers_the_time_although_its_answer_was_lost()
    {
        await using LossyProxy proxy = new(await ServerAsync());
        RedisUsageLedger ledger = await OpenAsync(NewPrefix(), proxy.ConnectionString);
        proxy.LoseAnswers(1);

        (await ledger.ObserveAsync(Later)).Should().Be(Later);
        (await ledger.ObserveAsync(Later.AddDays(-1))).Should().Be(Later);
    }

    [Fact]
    public async Task Goes_on_when_the_server_has_forgotten_the_scripts()
    {
        RedisUsageLedger ledger = await OpenAsync(NewPrefix());
        await using ConnectionMultiplexer client = await ConnectionMultiplexer.ConnectAsync(await ServerAsync() + ",allowAdmin=true");
        for (int i = 0; i < 3; i++)
        {
            await client.GetDatabase().ExecuteAsync("SCRIPT", "FLUSH");

            PermissionKey key = NewKey();
            (await ledger.RedeemAsync(key, Later)).Should().BeTrue();
            (await ledger.ReserveAsync(key, 2, 3, Later)).Should().Be(new UnitReservation(2, 1));
            await ledger.ReturnAsync(key, 1);
            (await ledger.AdvanceAsync(key, 4, Later)).Should().Be(0);
            await ledger.ReleaseAsync(key);
            await ledger.CheckAsync();
        }
    }

    [Fact]
    public async Task Refuses_what_other_software_wrote_under_its_prefix()
    {
        string prefix = NewPrefix();
        RedisUsageLedger ledger = await OpenAsync(prefix);
        PermissionKey key = NewKey();
        await using ConnectionMultiplexer client = await ConnectionMultiplexer.ConnectAsync(await ServerAsync());
        RedisKey entry = new LedgerKeys(prefix, "epoch").Entry(key).Key;
        await client.GetDatabase().HashSetAsync(entry, "chain", "not a number");
        await client.GetDatabase().StringSetAsync(new LedgerKeys(prefix, "epoch").Seen, "99999999999999999999");

        Func<Task> advance = async () => await ledger.AdvanceAsync(key, 1, Later);
        Func<Task> observe = async () => await ledger.ObserveAsync(Later);

        (await advance.Should().ThrowAsync<UsageLedgerException>()).WithMessage("*other software*");
        (await observe.Should().ThrowAsync<UsageLedgerException>()).WithMessage("*other software*");
        await client.GetDatabase().StringSetAsync($"{prefix}{{00}}:epoch", "soon");
        Func<Task> open = () => OpenAsync(prefix);
        await open.Should().ThrowAsync<UsageLedgerException>();
    }

    [Fact]
    public async Task Does_not_send_a_call_that_was_cancelled_and_knows_the_outcome_of_one_that_was_sent()
    {
        await using LossyProxy proxy = new(await ServerAsync());
        RedisUsageLedger ledger = await OpenAsync(NewPrefix(), proxy.ConnectionString);
        PermissionKey key = NewKey();
        proxy.Delay = TimeSpan.FromMilliseconds(200);
        using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(20));

        (await ledger.RedeemAsync(key, Later, soon.Token)).Should().BeTrue();

        soon.Token.IsCancellationRequested.Should().BeTrue();
        Func<Task> late = async () => await ledger.ReleaseAsync(key, soon.Token);
        await late.Should().ThrowAsync<OperationCanceledException>();
    }

    private static async Task LoseAsync(LossyProxy proxy, RedisUsageLedger ledger, Func<Task> step)
    {
        await Connected(ledger);
        int before = proxy.Lost;
        proxy.LoseAnswers(1);
        UsageLedgerException error = (await step.Should().ThrowAsync<UsageLedgerException>()).Which;
        error.Message.Should().Contain("may have been booked").And.Contain(ledger.Server);
        proxy.Lost.Should().Be(before + 1);
    }

    // The client connects again by itself, a moment after it was cut off.
    private static async Task Connected(RedisUsageLedger ledger)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                await ledger.CheckAsync();
                return;
            }
            catch (UsageLedgerException error) when (error is not RedisLedgerFencedException && attempt < 200)
            {
                await Task.Delay(50);
            }
        }
    }
}
