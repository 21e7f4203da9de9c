using Microsoft.Extensions.Time.Testing;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using StackExchange.Redis;

namespace Oml.Sdk.Redis.Tests;

public abstract partial class RedisLedgerContract
{
    [Fact]
    public async Task Refuses_every_verb_once_the_epoch_was_bumped_and_books_nothing()
    {
        string prefix = NewPrefix();
        RedisUsageLedger old = await OpenAsync(prefix);
        PermissionKey key = NewKey();
        await (await OpenAsync(prefix)).AdvanceEpochAsync();

        Func<Task>[] verbs =
        [
            async () => await old.RedeemAsync(key, Later),
            async () => await old.ReleaseAsync(key),
            async () => await old.ReserveAsync(key, 1, 10, Later),
            async () => await old.ReturnAsync(key, 1),
            async () => await old.AdvanceAsync(key, 1, Later),
            async () => await old.ObserveAsync(Later),
            async () => await old.CheckAsync(),
        ];
        foreach (Func<Task> verb in verbs)
        {
            RedisLedgerFencedException error = (await verb.Should().ThrowAsync<RedisLedgerFencedException>()).Which;
            error.ServerEpoch.Should().Be(error.Epoch + 1);
            error.Should().BeAssignableTo<UsageLedgerException>("one catch is for every fault of a ledger");
            error.Message.Should().Contain(old.Server).And.Contain("ReopenAsync");
        }

        old.IsFenced.Should().BeTrue();
        RedisUsageLedger fresh = await OpenAsync(prefix);
        (await fresh.RedeemAsync(key, Later)).Should().BeTrue();
        (await fresh.ReserveAsync(key, 10, 10, Later)).Granted.Should().Be(10);
        (await fresh.AdvanceAsync(key, 1, Later)).Should().Be(0);
        (await fresh.ObserveAsync(DateTimeOffset.UnixEpoch)).Should().Be(DateTimeOffset.UnixEpoch);
    }

    [Fact]
    public async Task Is_fenced_by_each_verb_on_its_own()
    {
        Func<RedisUsageLedger, PermissionKey, Task>[] verbs =
        [
            async (ledger, key) => await ledger.RedeemAsync(key, Later),
            async (ledger, key) => await ledger.ReleaseAsync(key),
            async (ledger, key) => await ledger.ReserveAsync(key, 1, 10, Later),
            async (ledger, key) => await ledger.ReturnAsync(key, 1),
            async (ledger, key) => await ledger.AdvanceAsync(key, 1, Later),
            async (ledger, _) => await ledger.ObserveAsync(Later),
            async (ledger, _) => await ledger.CheckAsync(),
        ];
        foreach (Func<RedisUsageLedger, PermissionKey, Task> verb in verbs)
        {
            RedisUsageLedger ledger = await OpenAsync(NewPrefix());
            await ledger.AdvanceEpochAsync();

            Func<Task> call = () => verb(ledger, NewKey());

            await call.Should().ThrowAsync<RedisLedgerFencedException>();
            ledger.IsFenced.Should().BeTrue();
        }
    }

    [Fact]
    public async Task Goes_on_with_what_it_knew_when_it_is_reopened_after_a_fence()
    {
        string prefix = NewPrefix();
        RedisUsageLedger ledger = await OpenAsync(prefix);
        PermissionKey key = NewKey();
        await ledger.RedeemAsync(key, Later);
        await ledger.AdvanceEpochAsync();

        await ledger.ReopenAsync();

        ledger.IsFenced.Should().BeFalse();
        await ledger.CheckAsync();
        (await ledger.RedeemAsync(key, Later)).Should().BeFalse();
    }

    [Fact]
    public async Task Is_fenced_when_the_server_has_lost_what_it_held()
    {
        string prefix = NewPrefix();
        RedisUsageLedger ledger = await OpenAsync(prefix);
        await using ConnectionMultiplexer client = await ConnectionMultiplexer.ConnectAsync(await ServerAsync());
        for (int bucket = 0; bucket < LedgerKeys.Buckets; bucket++)
        {
            await client.GetDatabase().KeyDeleteAsync($"{prefix}{{{bucket:x2}}}:epoch");
        }

        Func<Task> redeem = async () => await ledger.RedeemAsync(NewKey(), Later);

        (await redeem.Should().ThrowAsync<RedisLedgerFencedException>()).Which.ServerEpoch.Should().BeNull();

    }

    [Fact]
    public async Task Is_fenced_when_somebody_else_has_set_an_empty_server_up_again()
    {
        string prefix = NewPrefix();
        FakeTimeProvider earlier = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        RedisUsageLedger ledger = await OpenAsync(prefix, time: earlier);
        await using ConnectionMultiplexer client = await ConnectionMultiplexer.ConnectAsync(await ServerAsync());
        for (int bucket = 0; bucket < LedgerKeys.Buckets; bucket++)
        {
            await client.GetDatabase().KeyDeleteAsync($"{prefix}{{{bucket:x2}}}:epoch");
        }

        await OpenAsync(prefix);

        Func<Task> redeem = async () => await ledger.RedeemAsync(NewKey(), Later);
        RedisLedgerFencedException error = (await redeem.Should().ThrowAsync<RedisLedgerFencedException>()).Which;
        error.Epoch.Should().Be(earlier.GetUtcNow().ToUnixTimeMilliseconds());
        error.ServerEpoch.Should().BeGreaterThan(error.Epoch);
    }

    [Fact]
    public async Task Does_not_fence_ledgers_of_other_prefixes_and_epoch_keys()
    {
        string prefix = NewPrefix();
        RedisUsageLedger other = await OpenAsync(NewPrefix());
        RedisUsageLedger named = await OpenAsync(prefix, configure: options => options.EpochKey = "generation");

        await (await OpenAsync(prefix)).AdvanceEpochAsync();

        await other.CheckAsync();
        await named.CheckAsync();
    }
}
