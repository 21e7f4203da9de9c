using System.Diagnostics;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Redis.Tests.Support;
using StackExchange.Redis;

namespace Oml.Sdk.Redis.Tests;

/// <summary>A primary and a replica that takes its place without what was written last.</summary>
public sealed class FailoverTests
{
    // The hook of docs/ledgers-redis.md.
    private const string Hook = "for b in $(seq 0 63); do redis-cli -c -h 127.0.0.1 -p $1 INCR \"$(printf 'oml:{%02x}:epoch' $b)\" >/dev/null; done";

    private static readonly DateTimeOffset Later = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Refuses_on_the_new_primary_once_the_hook_has_bumped_the_epoch()
    {
        await using RedisServer primary = await RedisServer.StartAsync(durable: true);
        string[] at = primary.ConnectionString.Split(':');
        await using RedisServer replica = await RedisServer.StartAsync(durable: true, "--replicaof", at[0], at[1], "--repl-diskless-sync-delay", "0");
        await using ConnectionMultiplexer operators = await ConnectionMultiplexer.ConnectAsync($"{replica.ConnectionString},allowAdmin=true");
        IServer standby = operators.GetServer(replica.ConnectionString);
        await using RedisUsageLedger ledger = await RedisUsageLedger.OpenAsync($"{primary.ConnectionString},{replica.ConnectionString}");
        await UntilAsync(async () => await operators.GetDatabase().KeyExistsAsync("oml:{3f}:epoch", CommandFlags.DemandReplica));

        // The replica stops following; what is acknowledged now is what a failover loses.
        await standby.ExecuteAsync("REPLICAOF", "NO", "ONE");
        PermissionKey lost = Load.NewKey();
        (await ledger.RedeemAsync(lost, Later)).Should().BeTrue();
        primary.Kill();
        using Process hook = Process.Start("/bin/sh", ["-c", Hook, "sh", replica.ConnectionString.Split(':')[1]]);
        await hook.WaitForExitAsync();
        hook.ExitCode.Should().Be(0);

        Exception? error = null;
        await UntilAsync(async () =>
        {
            try
            {
                (await ledger.RedeemAsync(lost, Later)).Should().BeFalse();
            }
            catch (RedisLedgerFencedException fenced)
            {
                error = fenced;
            }
            catch (UsageLedgerException)
            {
            }

            return error is not null;
        });

        // Without the hook the nonce would have been granted twice here; that is for whoever reopens the ledger to accept.
        error.Should().BeOfType<RedisLedgerFencedException>();
        await ledger.ReopenAsync();
        (await ledger.RedeemAsync(lost, Later)).Should().BeTrue();
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (int attempt = 0; attempt < 600; attempt++)
        {
            if (await condition())
            {
                return;
            }

            await Task.Delay(50);
        }

        throw new TimeoutException("What was waited for did not come.");
    }
}
