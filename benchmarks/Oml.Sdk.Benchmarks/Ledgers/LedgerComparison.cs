using Oml.Sdk.Benchmarks.Harness;

namespace Oml.Sdk.Benchmarks.Ledgers;

/// <summary>Durable redeems through every ledger, against its bare store.</summary>
internal static class LedgerComparison
{
    public static async Task<int> RunAsync()
    {
        BenchReport report = new();
        await SqliteComparison.AddAsync(report);
        await RedisComparison.AddAsync(report);
        return report.Finish("ledger");
    }
}
