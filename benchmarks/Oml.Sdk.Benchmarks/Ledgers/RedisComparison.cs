using Oml.Sdk.Benchmarks.Harness;
using Oml.Sdk.Permissions;
using Oml.Sdk.Redis;
using StackExchange.Redis;

namespace Oml.Sdk.Benchmarks.Ledgers;

/// <summary>What a durable redeem costs through the ledger, as a ratio to the client alone running the same script on the same server.</summary>
internal static class RedisComparison
{
    private const double Budget = 1.25;
    private const int Pairs = 61;
    private const string Prefix = "bench:";

    private static readonly DateTimeOffset KeepUntil = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static async Task AddAsync(BenchReport report)
    {
        using BenchServer server = new();
        string where = server.IsDurable ? "redis-server, AOF always" : "Garnet, not durable";
        await using RedisUsageLedger ledger = await RedisUsageLedger.OpenAsync(server.ConnectionString, options => options.KeyPrefix = Prefix);
        await using ConnectionMultiplexer client = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        LedgerKeys keys = new(Prefix, new RedisLedgerOptions().EpochKey);
        IDatabase database = client.GetDatabase();
        RedisValue epoch = await database.StringGetAsync(keys.Epoch(LedgerKeys.SharedBucket));
        RedisValue end = KeepUntil.ToUnixTimeMilliseconds();
        foreach (int callers in (int[])[1, 8, 64])
        {
            // About a tenth of a second each.
            int steps = callers == 1 ? 300 : 100;
            PairedRatio redeem = PairedRatio.MeasureLong(
                () => Callers.Run(callers, steps, async () => await ledger.RedeemAsync(Callers.NewKey(), KeepUntil)),
                () => Callers.Run(callers, steps, RedeemBare),
                Pairs);
            double redeems = callers * steps;
            report.Add($"Redis: redeem / the bare client, {callers} callers ({where})", redeem.Ratio, "ratio", Budget);
            report.Add($"  redeem, {callers} callers", redeems / redeem.First * 1e6, "k/s");
            report.Add($"  the bare client, {callers} callers", redeems / redeem.Second * 1e6, "k/s");
        }

        // As an application would that has names for its keys and needs no ledger: the same nonces, a token, the same script.
        async Task<bool> RedeemBare()
        {
            PermissionKey key = Callers.NewKey();
            RedisResult result = await database.ScriptEvaluateAsync(
                LedgerScripts.Redeem.Text,
                [keys.Epoch(LedgerKeys.SharedBucket), $"bare:{{00}}:{key.Nonce}"],
                [epoch, end, key.Nonce.ToString()]);
            return (string?)result[1] == "1";
        }
    }
}
