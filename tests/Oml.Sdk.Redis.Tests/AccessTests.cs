using Oml.Sdk.Metering;
using Oml.Sdk.Redis.Tests.Support;

namespace Oml.Sdk.Redis.Tests;

public sealed class AccessTests
{
    private static readonly DateTimeOffset Later = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // What docs/ledgers-redis.md says that a user needs.
    private static readonly string[] Needed =
    [
        "~oml:*", "+evalsha", "+eval", "+get", "+set", "+setnx", "+incr", "+exists", "+hget", "+hset", "+hdel", "+pexpireat", "+time",
        "+@connection", "+info", "+config|get", "+cluster",
    ];

    [Fact]
    public async Task Needs_no_more_of_a_server_than_the_documents_say()
    {
        await using RedisServer server = await RedisServer.StartAsync(durable: false, ["--user", "app", "on", ">secret", .. Needed]);
        await using RedisUsageLedger ledger = await RedisUsageLedger.OpenAsync($"{server.ConnectionString},user=app,password=secret");
        Permissions.PermissionKey key = Load.NewKey();

        (await ledger.RedeemAsync(key, Later)).Should().BeTrue();
        await ledger.ReleaseAsync(key);
        (await ledger.ReserveAsync(key, 2, 2, Later)).Granted.Should().Be(2);
        await ledger.ReturnAsync(key, 1);
        await ledger.AdvanceAsync(key, 1, Later);
        await ledger.ObserveAsync(Later);
        await ledger.AdvanceEpochAsync();
        await ledger.ReopenAsync();
        await ledger.CheckAsync();
    }

    [Fact]
    public async Task Says_what_the_server_refuses_to_a_user_who_may_not()
    {
        await using RedisServer server = await RedisServer.StartAsync(durable: false, ["--user", "app", "on", ">secret", .. Needed, "-hset"]);
        await using RedisUsageLedger ledger = await RedisUsageLedger.OpenAsync($"{server.ConnectionString},user=app,password=secret");

        Func<Task> redeem = async () => await ledger.RedeemAsync(Load.NewKey(), Later);

        (await redeem.Should().ThrowAsync<UsageLedgerException>()).WithMessage("*nothing was booked*what its user may do*");
    }
}
