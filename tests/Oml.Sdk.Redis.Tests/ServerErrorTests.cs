using System.Diagnostics;
using System.Globalization;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Redis.Tests.Support;

namespace Oml.Sdk.Redis.Tests;

public sealed class ServerErrorTests
{
    private const string Password = "correct-horse";
    private static readonly DateTimeOffset Later = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    // A busy machine may add to the timeout; a client that waits for another of its own would add seconds.
    private static readonly TimeSpan Patience = Timeout + TimeSpan.FromSeconds(1.5);

    [Theory]
    [InlineData("")]
    [InlineData(",password=wrong-staple")]
    [InlineData(",user=nobody,password=wrong-staple")]
    public async Task Says_that_the_password_is_wrong_without_saying_it(string credentials)
    {
        await using RedisServer server = await RedisServer.StartAsync(durable: false, "--requirepass", Password);

        UsageLedgerException error = await FailToOpenAsync(server.ConnectionString + credentials);

        error.Message.Should().Contain(server.ConnectionString).And.Contain("password").And.Contain("Correct the connection string");
        error.ToString().Should().NotContain("staple");
    }

    [Fact]
    public async Task Opens_with_the_right_password()
    {
        await using RedisServer server = await RedisServer.StartAsync(durable: false, "--requirepass", Password);

        await using RedisUsageLedger ledger = await RedisUsageLedger.OpenAsync($"{server.ConnectionString},password={Password}");

        ledger.Server.Should().Be(server.ConnectionString);
    }

    [Fact]
    public async Task Says_that_no_server_is_there()
    {
        string nowhere = $"127.0.0.1:{FreePort.Find()}";

        (await FailToOpenAsync(nowhere)).Message.Should().Contain(nowhere).And.Contain("could be reached");
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("\0\u0001\u0002\u0003ÿþ\r\n\r\n")]
    [InlineData("+OK\r\n")]
    [InlineData("*1\r\n$-5\r\n")]
    [InlineData("-ERR go away\r\n")]
    public async Task Says_that_what_answers_is_no_redis_server(string answer)
    {
        await using FakeServer server = new(answer);

        (await FailToOpenAsync(server.ConnectionString)).Message.Should().Contain(server.ConnectionString);
    }

    [Fact]
    public async Task Says_that_the_server_does_not_answer()
    {
        await using FakeServer server = new(null);

        (await FailToOpenAsync(server.ConnectionString)).Message.Should().Contain(server.ConnectionString);
    }

    [Fact]
    public async Task Stops_waiting_for_a_slow_server_in_time()
    {
        await using LossyProxy proxy = new(Support.Garnet.ConnectionString);
        await using RedisUsageLedger ledger = await RedisUsageLedger.OpenAsync(
            proxy.ConnectionString, options => options.OperationTimeout = TimeSpan.FromMilliseconds(400));
        PermissionKey key = new("issuer", PermissionNonce.CreateRandom());
        proxy.Delay = TimeSpan.FromSeconds(5);
        foreach (Func<Task> step in (Func<Task>[])
        [
            async () => await ledger.RedeemAsync(key, Later),
            async () => await ledger.ReserveAsync(key, 1, 1, Later),
            async () => await ledger.ObserveAsync(Later),
        ])
        {
            long start = Stopwatch.GetTimestamp();

            (await step.Should().ThrowAsync<UsageLedgerException>()).WithMessage("*did not answer*in time*");

            Stopwatch.GetElapsedTime(start).Should().BeLessThan(TimeSpan.FromSeconds(1.5));
        }
    }

    [Fact]
    public async Task Says_that_the_connection_is_gone_and_comes_back_with_the_server()
    {
        await using RedisServer server = await RedisServer.StartAsync(durable: true);
        await using RedisUsageLedger ledger = await RedisUsageLedger.OpenAsync(
            server.ConnectionString, options => options.OperationTimeout = Timeout);
        PermissionKey key = new("issuer", PermissionNonce.CreateRandom());
        (await ledger.RedeemAsync(key, Later)).Should().BeTrue();
        server.Kill();
        Func<Task> reserve = async () => await ledger.ReserveAsync(key, 1, 1, Later);

        (await reserve.Should().ThrowAsync<UsageLedgerException>()).Which.Message.Should().Contain(server.ConnectionString);

        await server.RestartAsync();
        bool again = true;
        for (int i = 0; i < 100; i++)
        {
            try
            {
                again = await ledger.RedeemAsync(key, Later);
                break;
            }
            catch (UsageLedgerException error) when (error is not RedisLedgerFencedException)
            {
                await Task.Delay(50);
            }
        }

        again.Should().BeFalse();
    }

    [Fact]
    public async Task Says_that_only_a_replica_is_there()
    {
        await using RedisServer server = await RedisServer.StartAsync(
            durable: false, "--replicaof", "127.0.0.1", FreePort.Find().ToString(CultureInfo.InvariantCulture));

        (await FailToOpenAsync(server.ConnectionString)).Message.Should().Contain(server.ConnectionString).And.Contain("replica");
    }

    [Fact]
    public async Task Says_that_the_server_is_full()
    {
        await using RedisServer server = await RedisServer.StartAsync(durable: false, "--maxmemory", "3mb", "--maxmemory-policy", "noeviction");
        await using RedisUsageLedger ledger = await RedisUsageLedger.OpenAsync(server.ConnectionString);
        Func<Task> fill = async () =>
        {
            for (int i = 0; i < 50_000; i++)
            {
                await ledger.RedeemAsync(new PermissionKey("issuer", PermissionNonce.CreateRandom()), Later);
            }
        };

        (await fill.Should().ThrowAsync<UsageLedgerException>()).WithMessage("*out of memory*never evict*");
    }

    private static async Task<UsageLedgerException> FailToOpenAsync(string server)
    {
        long start = Stopwatch.GetTimestamp();
        Func<Task> open = async () => await RedisUsageLedger.OpenAsync(
            server,
            options =>
            {
                options.ConnectTimeout = Timeout;
                options.OperationTimeout = Timeout;
            });

        UsageLedgerException error = (await open.Should().ThrowAsync<UsageLedgerException>()).Which;

        Stopwatch.GetElapsedTime(start).Should().BeLessThan(Patience);
        return error;
    }
}
