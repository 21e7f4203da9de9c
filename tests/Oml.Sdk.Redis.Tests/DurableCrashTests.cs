using System.Collections.Concurrent;
using Oml.Sdk.Permissions;
using Oml.Sdk.Redis.Tests.Support;

namespace Oml.Sdk.Redis.Tests;

/// <summary>A server that writes before it answers, is killed at random moments under load, and started again.</summary>
public sealed class DurableCrashTests
{
    // Ten times as many in a campaign: OML_KILLS=500.
    private static readonly int Kills = int.TryParse(Environment.GetEnvironmentVariable("OML_KILLS"), out int kills) ? kills : 50;
    private const long Quota = 1_000_000;

    private static readonly DateTimeOffset Later = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Keeps_every_acknowledged_step_through_50_kills()
    {
        await using RedisServer server = await RedisServer.StartAsync(durable: true);
        await using RedisUsageLedger ledger = await RedisUsageLedger.OpenAsync(server.ConnectionString);
        Random random = new(7);
        PermissionKey quota = Load.NewKey();
        PermissionKey chain = Load.NewKey();
        PermissionKey[] contested = [.. Enumerable.Range(0, 20_000).Select(_ => Load.NewKey())];
        ConcurrentDictionary<PermissionKey, int> redeemed = [];
        long granted = 0, highest = 0;
        Load load = new(async index =>
        {
            // Each nonce is fought for by two calls, of which the later often meets the restarted server.
            PermissionKey key = contested[index / 2 % contested.Length];
            if (await ledger.RedeemAsync(key, Later))
            {
                redeemed.AddOrUpdate(key, 1, (_, count) => count + 1);
            }

            Interlocked.Add(ref granted, (await ledger.ReserveAsync(quota, 3, Quota, Later)).Granted);
            await ledger.AdvanceAsync(chain, index + 1, Later);
            Raise(ref highest, index + 1);
        });
        await using (load)
        {
            for (int kill = 0; kill < Kills; kill++)
            {
                await load.ProgressAsync(20);
                await Task.Delay(random.Next(40));
                server.Kill();
                await server.RestartAsync();
            }

            await load.ProgressAsync(20);
        }

        // The same ledger, in the same epoch, over the data of 51 servers.
        redeemed.Should().HaveCountGreaterThan(Kills * 5);
        redeemed.Values.Should().OnlyContain(count => count == 1);
        foreach (PermissionKey key in redeemed.Keys)
        {
            (await ledger.RedeemAsync(key, Later)).Should().BeFalse();
        }

        (await ledger.ReserveAsync(quota, Quota, Quota, Later)).Granted.Should().BeLessThanOrEqualTo(Quota - granted);
        (await ledger.AdvanceAsync(chain, 1, Later)).Should().BeGreaterThanOrEqualTo(highest);
        TestContext.Current.SendDiagnosticMessage($"{redeemed.Count} nonces, {granted} units, index {highest} through {Kills} kills.");
    }

    private static void Raise(ref long highest, long value)
    {
        for (long seen = Interlocked.Read(ref highest); seen < value;)
        {
            long now = Interlocked.CompareExchange(ref highest, value, seen);
            seen = now == seen ? value : now;
        }
    }
}
