using StackExchange.Redis;

namespace Oml.Sdk.Redis.Tests.Support;

/// <summary>What a server says of its disk.</summary>
internal static class ServerInfo
{
    /// <summary>Waits until a server says all of some things.</summary>
    /// <param name="server">A connection to it.</param>
    /// <param name="facts">Each as INFO writes it: "name:value".</param>
    /// <param name="each">Done before each look.</param>
    public static Task UntilAsync(ConnectionMultiplexer server, string[] facts, Func<IServer, Task>? each = null) => Eventually.HoldsAsync(async () =>
    {
        IServer only = server.GetServers()[0];
        await (each?.Invoke(only) ?? Task.CompletedTask);
        string[] info = ((string)(await only.ExecuteAsync("INFO", "persistence"))!).Split("\r\n");
        return facts.All(fact => info.Contains(fact));
    });

    public static Task<ConnectionMultiplexer> ConnectAsync(RedisServer server) =>
        ConnectionMultiplexer.ConnectAsync($"{server.ConnectionString},allowAdmin=true,connectTimeout=30000,syncTimeout=30000");
}
