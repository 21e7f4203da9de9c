using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Oml.Sdk.Redis.Tests.Support;

namespace Oml.Sdk.Redis.Tests;

public sealed class WarningTests
{
    [Fact]
    public async Task Warns_of_a_server_that_writes_nothing_and_drops_keys()
    {
        await using RedisServer server = await RedisServer.StartAsync(durable: false, "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru");

        (await WarningsAsync(server.ConnectionString)).Should().Equal(131, 133, 134);
        (await WarningsAsync(server.ConnectionString)).Should().Equal(133, 134);
    }

    [Fact]
    public async Task Warns_of_nothing_once_a_server_that_writes_is_set_up()
    {
        await using RedisServer server = await RedisServer.StartAsync(durable: true);
        await WarningsAsync(server.ConnectionString);

        (await WarningsAsync(server.ConnectionString)).Should().BeEmpty();
    }

    [Fact]
    public async Task Warns_of_a_server_that_may_mix_scripts() =>
        (await WarningsAsync(Support.Garnet.ConnectionString)).Should().Contain(135);

    private static async Task<int[]> WarningsAsync(string server)
    {
        FakeLogCollector log = new();
        using LoggerFactory loggers = new([new FakeLoggerProvider(log)]);
        await using (await RedisUsageLedger.OpenAsync(server, loggerFactory: loggers))
        {
        }

        return [.. log.GetSnapshot()
            .Where(record => record.Level == LogLevel.Warning && record.Category == typeof(RedisUsageLedger).FullName)
            .Select(record => record.Id.Id)];
    }
}
