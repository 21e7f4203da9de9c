using System.Diagnostics;
using System.Globalization;
using Oml.Sdk.LedgerHost;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sqlite.Tests.Support;

namespace Oml.Sdk.Sqlite.Tests;

/// <summary>Processes that are killed, and processes that race.</summary>
public sealed class SqliteLedgerCrashTests
{
    private const int Workers = 4;
    private const int KillsEach = 125;

    private static readonly DateTimeOffset Until = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Five_hundred_kills_lose_no_acknowledged_redeem_and_grant_none_twice()
    {
        using LedgerFolder folder = new();
        List<long>[] acknowledged = await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(() => KillAsync(folder.Path, $"issuer {worker}", worker))));

        await using SqliteUsageLedger ledger = folder.Open();
        for (int worker = 0; worker < Workers; worker++)
        {
            List<long> redeemed = acknowledged[worker];
            redeemed.Should().OnlyHaveUniqueItems("a nonce is redeemed once");
            redeemed.Count.Should().BeGreaterThan(KillsEach / 4, "else nothing was tested");
            foreach (long nonce in redeemed)
            {
                (await ledger.RedeemAsync(new PermissionKey($"issuer {worker}", RedeemForEver.NonceOf(nonce)), Until, Cancellation))
                    .Should().BeFalse("nonce {0} was acknowledged", nonce);
            }

            // A unit was reserved before each redeem: at least as many as were acknowledged, at most one more for each kill.
            UnitReservation rest = await ledger.ReserveAsync(
                new PermissionKey($"issuer {worker}", RedeemForEver.NonceOf(0)), long.MaxValue, long.MaxValue, Until, Cancellation);
            long reserved = long.MaxValue - rest.Granted;
            reserved.Should().BeGreaterThanOrEqualTo(redeemed.Count);
        }
    }

    [Fact]
    public async Task Eight_processes_get_exactly_the_quota()
    {
        const long limit = 2_000;
        using LedgerFolder folder = new();
        await folder.Open().DisposeAsync();
        Process[] processes = [.. Enumerable.Range(0, 8).Select(_ => LedgerFolder.Start("drain", folder.Path, "7", limit.ToString(CultureInfo.InvariantCulture)))];

        long sum = 0;
        foreach (Process process in processes)
        {
            sum += long.Parse(await process.StandardOutput.ReadToEndAsync(Cancellation), CultureInfo.InvariantCulture);
            await process.WaitForExitAsync(Cancellation);
            process.ExitCode.Should().Be(0);
            process.Dispose();
        }

        sum.Should().Be(limit);
    }

    private static async Task<List<long>> KillAsync(string path, string issuer, int seed)
    {
        Random random = new(seed);
        List<long> acknowledged = [];
        long next = 1;
        for (int i = 0; i < KillsEach; i++)
        {
            using Process process = LedgerFolder.Start("redeem", path, issuer, next.ToString(CultureInfo.InvariantCulture));
            if (i % 2 == 0)
            {
                // Half of them are killed while they work, the others at any moment, also while they start.
                Record(await process.StandardOutput.ReadLineAsync(Cancellation));
            }

            await Task.Delay(random.Next(i % 2 == 0 ? 10 : 120), Cancellation);
            process.Kill();
            while (await process.StandardOutput.ReadLineAsync(Cancellation) is { } line)
            {
                Record(line);
            }

            await process.WaitForExitAsync(Cancellation);

            // The one that was under way may be booked or not; the next process starts behind it.
            next += 1_000_000;
        }

        return acknowledged;

        void Record(string? line)
        {
            if (line?.Split(' ') is [string nonce, "True", "1"])
            {
                acknowledged.Add(long.Parse(nonce, CultureInfo.InvariantCulture));
            }
        }
    }
}
