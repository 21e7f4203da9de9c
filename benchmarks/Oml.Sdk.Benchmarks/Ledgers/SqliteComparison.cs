using Microsoft.Data.Sqlite;
using Oml.Sdk.Benchmarks.Harness;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sqlite;

namespace Oml.Sdk.Benchmarks.Ledgers;

/// <summary>What a durable redeem costs through the ledger, as a ratio to SQLite alone running the same statement with the same durability.</summary>
/// <remarks>
/// SQLite alone is one connection with a prepared statement, committed by itself, and a lock for callers that come together: the fastest
/// way without sharing syncs. Both have a file of their own on the same disk.
/// </remarks>
internal static class SqliteComparison
{
    private const double Budget = 1.25;
    private const int Pairs = 31;

    private static readonly DateTimeOffset KeepUntil = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static async Task AddAsync(BenchReport report)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("oml-bench-");
        try
        {
            await using SqliteUsageLedger ledger = SqliteUsageLedger.Open(new SqliteLedgerOptions { Path = Path.Combine(folder.FullName, "ledger.db") });
            string bare = Path.Combine(folder.FullName, "bare.db");
            await SqliteUsageLedger.Open(new SqliteLedgerOptions { Path = bare }).DisposeAsync();
            await using SqliteConnection connection = new($"Data Source={bare};Pooling=False");
            connection.Open();
            LedgerSchema.Execute(connection, "PRAGMA journal_mode = WAL");
            LedgerSchema.Execute(connection, "PRAGMA synchronous = FULL");
            using LedgerStatements statements = new(connection);
            Lock one = new();
            foreach (int callers in (int[])[1, 8, 64])
            {
                // About a tenth of a second each.
                int steps = callers == 1 ? 100 : callers == 8 ? 40 : 10;
                PairedRatio redeem = PairedRatio.MeasureLong(
                    () => Callers.Run(callers, steps, async () => await ledger.RedeemAsync(Callers.NewKey(), KeepUntil)),
                    () => Callers.Run(callers, steps, RedeemBare),
                    Pairs);
                double redeems = callers * steps;
                report.Add($"SQLite: redeem / the bare statement, {callers} callers", redeem.Ratio, "ratio", Budget);
                report.Add($"  redeem, {callers} callers", redeems / redeem.First * 1e6, "k/s");
                report.Add($"  the bare statement, {callers} callers", redeems / redeem.Second * 1e6, "k/s");
            }

            Task<bool> RedeemBare()
            {
                PermissionKey key = Callers.NewKey();
                lock (one)
                {
                    return Task.FromResult(statements.Redeem(key, KeepUntil.ToUnixTimeMilliseconds()));
                }
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
