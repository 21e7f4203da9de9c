// A process of its own: what is tested is what many of them do together.
using Oml.Sdk.RedisHost;

return args switch
{
    ["drain", string server, string prefix, string nonce, string limit] => await DrainQuota.RunAsync(server, prefix, nonce, limit),
    _ => 2,
};
