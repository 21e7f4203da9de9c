using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Redis.Tests.Support;
using StackExchange.Redis;

namespace Oml.Sdk.Redis.Tests;

/// <summary>Servers that write some while after they answer, and are killed: what they had written is there, and what they lost nobody notices.</summary>
public sealed class LooseCrashTests
{
    private const int Kills = 10;

    private static readonly DateTimeOffset Later = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_server_that_writes_every_second_has_what_it_had_written_after_each_of_10_kills_and_fences_nobody()
    {
        await using RedisServer server = await RedisServer.StartAsync(durable: true, "--appendfsync", "everysec");
        await using RedisUsageLedger ledger = await OpenAsync(server);
        Random random = new(9);
        PermissionKey[] written = [];
        for (int kill = 0; kill < Kills; kill++)
        {
            (await RedeemAsync(ledger, written)).Should().NotContain(true, "it had been written");
            written = [.. written, .. Enumerable.Range(0, 100).Select(_ => Load.NewKey())];
            (await RedeemAsync(ledger, written[^100..])).Should().NotContain(false);
            await SaysAsync(server, "aof_buffer_length:0");
            Load load = new(async _ => await ledger.RedeemAsync(Load.NewKey(), Later));
            await using (load)
            {
                await load.ProgressAsync(20);
                await Task.Delay(random.Next(40));
                server.Kill();
                await server.RestartAsync();
                await load.ProgressAsync(20);
            }
        }

        (await RedeemAsync(ledger, written)).Should().NotContain(true, "it had been written");
        ledger.IsFenced.Should().BeFalse();
    }

    [Fact]
    public async Task A_server_with_snapshots_alone_forgets_what_came_after_the_last_and_fences_nobody()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisUsageLedger ledger = await OpenAsync(server);
        PermissionKey before = Load.NewKey(), after = Load.NewKey();
        (await ledger.RedeemAsync(before, Later)).Should().BeTrue();
        await using (ConnectionMultiplexer operators = await ServerInfo.ConnectAsync(server))
        {
            await operators.GetServers()[0].ExecuteAsync("SAVE");
        }

        (await ledger.RedeemAsync(after, Later)).Should().BeTrue();
        await server.RestartOverAsync(_ => { });

        // That is why the documents want AOF: the nonce is granted a second time.
        await Eventually.HoldsAsync(async () =>
        {
            try
            {
                return await ledger.RedeemAsync(after, Later);
            }
            catch (UsageLedgerException)
            {
                return false;
            }
        });
        (await ledger.RedeemAsync(before, Later)).Should().BeFalse();
        ledger.IsFenced.Should().BeFalse();
    }

    private static Task<bool[]> RedeemAsync(RedisUsageLedger ledger, IEnumerable<PermissionKey> keys) =>
        Task.WhenAll(keys.Select(key => ledger.RedeemAsync(key, Later).AsTask()));

    private static async Task SaysAsync(RedisServer server, string fact)
    {
        await using ConnectionMultiplexer operators = await ServerInfo.ConnectAsync(server);
        await ServerInfo.UntilAsync(operators, [fact]);
    }

    private static Task<RedisUsageLedger> OpenAsync(RedisServer server) => RedisUsageLedger.OpenAsync(
        server.ConnectionString, options => options.ConnectTimeout = options.OperationTimeout = TimeSpan.FromMinutes(1)).AsTask();
}
