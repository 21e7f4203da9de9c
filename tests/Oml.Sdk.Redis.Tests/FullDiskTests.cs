using Oml.Sdk.Metering;
using Oml.Sdk.Redis.Tests.Support;
using Oml.Sdk.Tests.Support;
using StackExchange.Redis;

namespace Oml.Sdk.Redis.Tests;

/// <summary>A server whose disk is really full.</summary>
public sealed class FullDiskTests
{
    private const int Left = 256 << 10;

    [Fact]
    public async Task What_a_server_that_writes_always_acknowledged_is_there_when_it_comes_back_with_more_room()
    {
        using SmallDisk disk = new();
        await using RedisServer server = await RedisServer.StartAsync(durable: true, "--dir", disk.Path);
        await using RedisUsageLedger callers = await OpenAsync(server, seconds: 2);
        await using RedisUsageLedger ledger = await OpenAsync(server, seconds: 60);
        Books books = new();
        disk.Fill(Left);

        // Such a server does not go on when it cannot write: it ends.
        await books.UseAsync(callers, () => !server.IsUp());
        books.Errors.Should().OnlyContain(message => message.Contains("use is refused"));
        disk.MakeRoom();
        await server.RestartAsync();

        await ServesAsync(ledger);
        await books.HoldAsync(ledger, isExact: false);
    }

    [Fact]
    public async Task A_server_that_writes_every_second_refuses_with_its_reason_and_goes_on_when_there_is_room()
    {
        using SmallDisk disk = new();
        await using RedisServer server = await RedisServer.StartAsync(durable: true, "--dir", disk.Path, "--appendfsync", "everysec");
        await using RedisUsageLedger callers = await OpenAsync(server, seconds: 2);
        await using RedisUsageLedger ledger = await OpenAsync(server, seconds: 60);
        Books books = new();
        disk.Fill(Left);

        await books.UseAsync(callers, () => books.Errors.Any(IsOfTheDisk));
        await FluentActions.Awaiting(() => OpenAsync(server, seconds: 60)).Should().ThrowAsync<UsageLedgerException>().Where(error => IsOfTheDisk(error.Message));
        disk.MakeRoom();

        await ServesAsync(ledger);
        await books.HoldAsync(ledger, isExact: books.Errors.All(IsOfTheDisk));
        await using (ConnectionMultiplexer operators = await ServerInfo.ConnectAsync(server))
        {
            // What it has not written yet is lost with it, which is what "every second" promises.
            await ServerInfo.UntilAsync(operators, ["aof_last_write_status:ok", "aof_buffer_length:0"]);
        }

        await server.RestartOverAsync(_ => { });
        await ServesAsync(ledger);
        await books.HoldAsync(ledger, isExact: true);
    }

    private static bool IsOfTheDisk(string message) => message.Contains("cannot write to its disk") && message.Contains("refuse");

    private static Task<RedisUsageLedger> OpenAsync(RedisServer server, int seconds) =>
        RedisUsageLedger.OpenAsync(
            server.ConnectionString,
            options =>
            {
                options.ConnectTimeout = TimeSpan.FromMinutes(1);
                options.OperationTimeout = TimeSpan.FromSeconds(seconds);
            }).AsTask();

    // Once it has the connection again, and the server has tried its disk again, which it does every second.
    private static Task ServesAsync(RedisUsageLedger ledger) => Eventually.HoldsAsync(async () =>
    {
        try
        {
            return await ledger.RedeemAsync(Load.NewKey(), new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        }
        catch (UsageLedgerException)
        {
            return false;
        }
    });
}
