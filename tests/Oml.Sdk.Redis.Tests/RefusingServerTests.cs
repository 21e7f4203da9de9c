using System.Globalization;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Redis.Tests.Support;
using StackExchange.Redis;

namespace Oml.Sdk.Redis.Tests;

/// <summary>A server that was good when the ledger was opened and then takes no writes: nothing is booked, and it goes on when it does again.</summary>
public sealed class RefusingServerTests
{
    private static readonly DateTimeOffset Later = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Says_that_the_server_became_a_replica_and_books_nothing()
    {
        await using RedisServer server = await RedisServer.StartAsync(durable: true);
        await using ConnectionMultiplexer operators = await ServerInfo.ConnectAsync(server);
        await using RedisUsageLedger ledger = await OpenAsync(server);
        PermissionKey key = Load.NewKey();
        (await ledger.ReserveAsync(key, 3, 10, Later)).Granted.Should().Be(3);
        await AdministerAsync(operators, "REPLICAOF", "127.0.0.1", FreePort.Find().ToString(CultureInfo.InvariantCulture));

        await RefusesAsync(ledger, key, "*replica*");

        await AdministerAsync(operators, "REPLICAOF", "NO", "ONE");
        await GoesOnAsync(ledger, key);
    }

    [Fact]
    public async Task Says_that_the_server_cannot_write_its_snapshots_and_books_nothing()
    {
        await using RedisServer server = await RedisServer.StartAsync(durable: false, "--save", "3600 1000000", "--dbfilename", "dump.rdb");
        await using ConnectionMultiplexer operators = await ServerInfo.ConnectAsync(server);
        await using RedisUsageLedger ledger = await OpenAsync(server);
        PermissionKey key = Load.NewKey();
        (await ledger.ReserveAsync(key, 3, 10, Later)).Granted.Should().Be(3);

        // A snapshot cannot take the name of a folder.
        DirectoryInfo inTheWay = Directory.CreateDirectory(Path.Combine(server.Folder, "dump.rdb"));
        await SnapshotAsync(operators, "err");

        await RefusesAsync(ledger, key, "*cannot write to its disk*nothing was booked*refused*");

        inTheWay.Delete();
        await SnapshotAsync(operators, "ok");
        await GoesOnAsync(ledger, key);
    }

    private static async Task RefusesAsync(RedisUsageLedger ledger, PermissionKey key, string message)
    {
        foreach (Func<Task> verb in (Func<Task>[])
        [
            async () => await ledger.ReserveAsync(key, 1, 10, Later),
            async () => await ledger.ReturnAsync(key, 1),
            async () => await ledger.AdvanceAsync(key, 1, Later),
        ])
        {
            (await verb.Should().ThrowAsync<UsageLedgerException>()).WithMessage(message).WithMessage($"*{ledger.Server}*nothing was booked*");
        }

        // These are tried again until their time is over, and the last attempt may get no answer any more.
        foreach (Func<Task> verb in (Func<Task>[])[async () => await ledger.RedeemAsync(key, Later), async () => await ledger.ObserveAsync(Later)])
        {
            (await verb.Should().ThrowAsync<UsageLedgerException>()).WithMessage($"*{ledger.Server}*refused*");
        }
    }

    private static async Task GoesOnAsync(RedisUsageLedger ledger, PermissionKey key)
    {
        // The server may still be about to take writes again.
        await Eventually.HoldsAsync(async () =>
        {
            try
            {
                await ledger.RedeemAsync(Load.NewKey(), Later);
                return true;
            }
            catch (UsageLedgerException)
            {
                return false;
            }
        });
        (await ledger.RedeemAsync(key, Later)).Should().BeTrue();
        (await ledger.ReserveAsync(key, 10, 10, Later)).Should().Be(new UnitReservation(7, 0));
        (await ledger.AdvanceAsync(key, 1, Later)).Should().Be(0);
    }

    private static Task SnapshotAsync(ConnectionMultiplexer operators, string status) => ServerInfo.UntilAsync(
        operators,
        [$"rdb_last_bgsave_status:{status}"],
        async server =>
        {
            try
            {
                await server.ExecuteAsync("BGSAVE");
            }
            catch (RedisServerException)
            {
                // One is under way.
            }
        });

    private static Task<RedisResult> AdministerAsync(ConnectionMultiplexer operators, string command, params object[] arguments) =>
        operators.GetServers()[0].ExecuteAsync(command, arguments);

    private static Task<RedisUsageLedger> OpenAsync(RedisServer server) =>
        RedisUsageLedger.OpenAsync(server.ConnectionString, options => options.OperationTimeout = TimeSpan.FromSeconds(2)).AsTask();
}
