using System.Collections.Concurrent;
using Oml.Sdk.Permissions;
using Oml.Sdk.Redis.Tests.Support;

namespace Oml.Sdk.Redis.Tests;

/// <summary>A server that writes nothing, is killed at random moments under load, and started again, empty.</summary>
public sealed class ForgetfulCrashTests
{
    // Ten times as many in a campaign: OML_KILLS=500.
    private static readonly int Kills = int.TryParse(Environment.GetEnvironmentVariable("OML_KILLS"), out int kills) ? kills : 50;
    private const long Quota = 500;

    private static readonly DateTimeOffset Later = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Grants_nothing_twice_and_refuses_until_reopened_after_each_of_50_kills()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisUsageLedger ledger = await RedisUsageLedger.OpenAsync(server.ConnectionString);
        Random random = new(8);
        for (int kill = 0; kill < Kills; kill++)
        {
            PermissionKey quota = Load.NewKey();
            PermissionKey[] contested = [.. Enumerable.Range(0, 100).Select(_ => Load.NewKey())];
            ConcurrentDictionary<PermissionKey, int> redeemed = [];
            long granted = 0;
            int fenced = 0;
            Load load = new(async index =>
            {
                try
                {
                    // The same nonces before the kill and after it: the server no longer knows them, so only the epoch protects them.
                    PermissionKey key = contested[index % contested.Length];
                    if (await ledger.RedeemAsync(key, Later))
                    {
                        redeemed.AddOrUpdate(key, 1, (_, count) => count + 1);
                    }

                    Interlocked.Add(ref granted, (await ledger.ReserveAsync(quota, 3, Quota, Later)).Granted);
                }
                catch (RedisLedgerFencedException)
                {
                    Volatile.Write(ref fenced, 1);
                    await Task.Delay(5);
                }
            });
            await using (load)
            {
                await load.ProgressAsync(20);
                await Task.Delay(random.Next(40));
                server.Kill();
                await server.RestartAsync();
                for (int i = 0; i < 2_000 && Volatile.Read(ref fenced) == 0; i++)
                {
                    await Task.Delay(5);
                }
            }

            ledger.IsFenced.Should().BeTrue("the server came back empty");
            redeemed.Should().NotBeEmpty();
            redeemed.Values.Should().OnlyContain(count => count == 1);
            granted.Should().BePositive().And.BeLessThanOrEqualTo(Quota);

            // What the documents say is lost: whoever reopens the ledger accepts that used permissions can be used again, once.
            await ledger.ReopenAsync();
            PermissionKey used = redeemed.Keys.First();
            (await ledger.RedeemAsync(used, Later)).Should().BeTrue();
            (await ledger.RedeemAsync(used, Later)).Should().BeFalse();
        }
    }
}
