using Oml.Sdk.Sqlite.Tests.Support;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Sqlite.Tests;

/// <summary>Processes that are killed, and processes that race.</summary>
public sealed class SqliteLedgerCrashTests
{
    private static readonly int Kills = int.TryParse(Environment.GetEnvironmentVariable("OML_KILLS"), out int kills) ? kills : 500;

    [Fact]
    public async Task Five_hundred_kills_lose_no_acknowledged_redeem_grant_none_twice_and_lose_a_block_each_at_most()
    {
        using LedgerFolder folder = new();
        KillCampaign campaign = new("Oml.Sdk.LedgerHost", ["redeem", folder.Path], Kills);
        await campaign.RunAsync(TestContext.Current.CancellationToken);

        await using SqliteUsageLedger ledger = folder.Open();
        await campaign.HoldAsync(ledger);
    }

    [Fact]
    public async Task Eight_processes_that_ask_ten_times_for_the_quota_get_exactly_the_quota_and_each_nonce_once()
    {
        using LedgerFolder folder = new();
        await Contest.HoldAsync("Oml.Sdk.LedgerHost", "contend", folder.Path, "https://publisher.example");
    }
}
