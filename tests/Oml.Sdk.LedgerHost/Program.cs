// A process of its own: what is tested is what many of them do together, and what is left when one is killed.
using Oml.Sdk.LedgerHost;
using Oml.Sdk.Sqlite;
using Oml.Sdk.Tests.LedgerHosts;

return args switch
{
    ["redeem", string path, string issuer, string first, string quota] => await RedeemForEver.RunAsync(path, issuer, first, quota),
    ["hold", string path, string locking] => await HoldLock.RunAsync(path, locking),
    ["contend", string path, ..] => await ContendAsync(path),
    _ => 2,
};

async Task<int> ContendAsync(string path)
{
    await using SqliteUsageLedger ledger = SqliteUsageLedger.Open(new SqliteLedgerOptions { Path = path, BusyTimeout = TimeSpan.FromMinutes(1) });
    return await Contention.RunAsync(ledger, args.AsMemory(2));
}
