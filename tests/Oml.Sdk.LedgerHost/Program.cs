// A process of its own: what is tested is what many of them do together, and what is left when one is killed.
using Oml.Sdk.LedgerHost;

return args switch
{
    ["redeem", string path, string issuer, string first] => await RedeemForEver.RunAsync(path, issuer, first),
    ["drain", string path, string nonce, string limit] => await DrainQuota.RunAsync(path, nonce, limit),
    _ => 2,
};
