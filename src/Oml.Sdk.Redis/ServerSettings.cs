using StackExchange.Redis;

namespace Oml.Sdk.Redis;

/// <summary>What a server says of itself that decides what the ledger's promises are worth. Servers that do not say are believed.</summary>
/// <param name="WritesToDisk">Whether it has an append-only file.</param>
/// <param name="Evicts">How it makes room when its memory is full; null when it refuses writes instead, as it should.</param>
/// <param name="IsGarnet">Whether it is Garnet, which runs scripts one at a time only in its transaction mode.</param>
internal sealed record ServerSettings(bool WritesToDisk, string? Evicts, bool IsGarnet)
{
    public static async Task<ServerSettings> ReadAsync(IServer server)
    {
        Dictionary<string, string> info = [];
        foreach (KeyValuePair<string, string> entry in (await server.InfoAsync().ConfigureAwait(false)).SelectMany(section => section))
        {
            info[entry.Key] = entry.Value;
        }

        return new(
            info.GetValueOrDefault("aof_enabled") != "0",
            info.GetValueOrDefault("maxmemory_policy") is { Length: > 0 } policy and not "noeviction" ? policy : null,
            info.ContainsKey("garnet_version"));
    }
}
