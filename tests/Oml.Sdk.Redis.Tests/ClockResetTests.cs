using System.Diagnostics;
using Oml.Sdk.Permissions;
using Oml.Sdk.Redis.Tests.Support;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Redis.Tests;

/// <summary>A caller's clock that was ahead: "Time" of docs/ledgers-redis.md, step by step.</summary>
public sealed class ClockResetTests : IDisposable
{
    private const string Command = "redis-cli -c -h \"$HOST\" -p \"$PORT\" SET 'oml:{00}:seen' \"$(date +%s)000\"";

    private readonly WrongClock _clock = new();
    private readonly PermissionIssuer _publisher = PermissionIssuer.Create(PermissionAlgorithm.ES256);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _publisher.Dispose();

    [Fact]
    public async Task The_command_of_the_page_makes_a_ledger_usable_that_was_told_a_time_far_ahead()
    {
        (await Page.ReadAsync("ledgers-redis.md")).Should().Contain(Command);
        await using RedisServer server = await RedisServer.StartAsync();
        await using OmlModel model = await OmlModel.CreateBuilder()
            .UseOnnx("a model"u8.ToArray())
            .UseBackend((_, _, _) => new(new SumBackend()))
            .TrustIssuer(_publisher.PublicKey)
            .UseTimeProvider(_clock)
            .UseRedisLedger(server.ConnectionString)
            .BuildAsync(Cancellation);
        byte[] year = _publisher.Issue(new PermissionRequest
        {
            Licensee = "licensee", Model = model.Id, Lifetime = TimeSpan.FromDays(365), Use = PermissionUse.Resumable,
        });
        _clock.Ahead = TimeSpan.FromDays(30);
        (await model.AuthorizeAsync(year, Cancellation)).Dispose();

        _clock.Ahead = TimeSpan.Zero;
        (await FluentActions.Awaiting(() => model.AuthorizeAsync(year, Cancellation).AsTask()).Should().ThrowAsync<PermissionDeniedException>())
            .Which.Reason.Should().Be(DenialReason.ClockSetBack);

        await RunAsync(server);

        (await model.AuthorizeAsync(year, Cancellation)).Dispose();
        await using RedisUsageLedger ledger = await RedisUsageLedger.OpenAsync(server.ConnectionString, cancellationToken: Cancellation);
        (await ledger.ObserveAsync(DateTimeOffset.UnixEpoch, Cancellation)).Should().BeCloseTo(_clock.GetUtcNow(), TimeSpan.FromMinutes(1));
    }

    private static async Task RunAsync(RedisServer server)
    {
        string[] at = server.ConnectionString.Split(':');
        ProcessStartInfo start = new("/bin/sh", ["-c", Command + " >/dev/null"]) { Environment = { ["HOST"] = at[0], ["PORT"] = at[1] } };
        using Process shell = Process.Start(start)!;
        await shell.WaitForExitAsync(Cancellation);
        shell.ExitCode.Should().Be(0);
    }
}
