// A process of its own: what is tested is what many of them do together, and what is left when one is killed.
using Oml.Sdk.LedgerHost;
using Oml.Sdk.Sqlite;
using Oml.Sdk.Tests.LedgerHosts;

if (args is ["hold", string file, string locking])
{
    return await HoldLock.RunAsync(file, locking);
}

if (args is not [string verb, string path, ..])
{
    return 2;
}

// Many processes write at once on few cores: what takes long is no failure.
await using SqliteUsageLedger ledger = SqliteUsageLedger.Open(new SqliteLedgerOptions { Path = path, BusyTimeout = TimeSpan.FromMinutes(1) });
return (verb, args[2..]) switch
{
    ("redeem", [string issuer, string first, string units]) => await RedeemForEver.RunAsync(ledger, issuer, first, units),
    ("contend", [_, _, _, _]) => await Contention.RunAsync(ledger, args.AsMemory(2)),
    _ => 2,
};
