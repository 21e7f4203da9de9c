// A process of its own: what is tested is what many of them do together.
using Oml.Sdk.Redis;
using Oml.Sdk.RedisHost;
using Oml.Sdk.Tests.LedgerHosts;

if (args is not [string verb, string server, string prefix, ..])
{
    return 2;
}

// Many processes start at once on few cores: what takes long is no failure.
await using RedisUsageLedger ledger = await RedisUsageLedger.OpenAsync(server, options =>
{
    options.KeyPrefix = prefix;
    options.ConnectTimeout = options.OperationTimeout = TimeSpan.FromMinutes(1);
});
return (verb, args[3..]) switch
{
    ("drain", [string nonce, string limit]) => await DrainQuota.RunAsync(ledger, nonce, limit),
    ("redeem", [string issuer, string first, string units]) => await RedeemForEver.RunAsync(ledger, issuer, first, units),
    ("contend", [_, _, _, _]) => await Contention.RunAsync(ledger, args.AsMemory(3)),
    _ => 2,
};
