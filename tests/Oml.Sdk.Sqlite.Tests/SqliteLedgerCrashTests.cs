using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Oml.Sdk.LedgerHost;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sqlite.Tests.Support;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Sqlite.Tests;

/// <summary>Processes that are killed, and processes that race.</summary>
public sealed class SqliteLedgerCrashTests
{
    private const string Issuer = "https://publisher.example";
    private const int Workers = 4;

    // How far a process starts before the last nonce that is known to be redeemed, so that it asks for those again.
    private const int Again = 20;

    private static readonly int KillsEach = (int.TryParse(Environment.GetEnvironmentVariable("OML_KILLS"), out int kills) ? kills : 500) / Workers;

    private static readonly DateTimeOffset Until = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ConcurrentBag<long> _redeemed = [];
    private long _highest;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Five_hundred_kills_lose_no_acknowledged_redeem_grant_none_twice_and_lose_a_block_each_at_most()
    {
        using LedgerFolder folder = new();
        List<long>[] used = await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(() => KillAsync(folder.Path, worker))));

        await using SqliteUsageLedger ledger = folder.Open();
        _redeemed.Should().OnlyHaveUniqueItems("a nonce is redeemed once, by whichever process asks (I2)");
        _redeemed.Count.Should().BeGreaterThan(Workers * KillsEach / 2, "else nothing was tested");
        HashSet<long> known = [.. _redeemed];
        bool[] isNew = await Task.WhenAll(Enumerable.Range(1, (int)_highest).Select(i => ledger.RedeemAsync(Key(i), Until, Cancellation).AsTask()));
        for (int i = 0; i < isNew.Length; i++)
        {
            (isNew[i] && known.Contains(i + 1)).Should().BeFalse("nonce {0} was acknowledged (I3)", i + 1);
        }

        // Every nonce up to the highest was asked for: what nobody was told of was booked by a process that was killed before it could say so.
        isNew.Should().NotContain(true);
        (_highest - known.Count).Should().BeLessThanOrEqualTo(Workers * KillsEach);
        for (int worker = 0; worker < Workers; worker++)
        {
            for (int life = 0; life < KillsEach; life++)
            {
                UnitReservation rest = await ledger.ReserveAsync(Key(UnitsOf(worker, life)), long.MaxValue, long.MaxValue, Until, Cancellation);
                long lost = long.MaxValue - rest.Granted - used[worker][life];
                lost.Should().BeInRange(0, RedeemForEver.Block, "a unit was reserved before it was used (I1), and a kill loses a block (I4)");
            }
        }
    }

    [Fact]
    public async Task Eight_processes_that_ask_ten_times_for_the_quota_get_exactly_the_quota_and_each_nonce_once()
    {
        using LedgerFolder folder = new();
        await Contest.HoldAsync("Oml.Sdk.LedgerHost", "contend", folder.Path, Issuer);
    }

    private static PermissionKey Key(long number) => new(Issuer, RedeemForEver.NonceOf(number));

    // Below zero, where no nonce is that is redeemed.
    private static long UnitsOf(int worker, int life) => -1 - worker - (life * Workers);

    /// <returns>How many units each process said that it used.</returns>
    private async Task<List<long>> KillAsync(string path, int worker)
    {
        Random random = new(worker);
        List<long> used = [];
        for (int life = 0; life < KillsEach; life++)
        {
            string[] numbers = [.. ((long[])[Math.Max(1, Interlocked.Read(ref _highest) - Again), UnitsOf(worker, life)])
                .Select(number => number.ToString(CultureInfo.InvariantCulture))];
            using Process process = LedgerFolder.Start(["redeem", path, Issuer, .. numbers]);
            used.Add(0);
            if (life % 2 == 0)
            {
                // Half of them are killed while they work, the others at any moment, also while they start.
                Record(await process.StandardOutput.ReadLineAsync(Cancellation));
            }

            await Task.Delay(random.Next(life % 2 == 0 ? 10 : 120), Cancellation);
            process.Kill();
            while (await process.StandardOutput.ReadLineAsync(Cancellation) is { } line)
            {
                Record(line);
            }

            await process.WaitForExitAsync(Cancellation);
        }

        return used;

        void Record(string? line)
        {
            if (line?.Split(' ') is not [string number, string redeemed])
            {
                return;
            }

            long nonce = long.Parse(number, CultureInfo.InvariantCulture);
            used[^1]++;
            Raise(nonce);
            if (redeemed == bool.TrueString)
            {
                _redeemed.Add(nonce);
            }
        }
    }

    private void Raise(long nonce)
    {
        for (long seen = Interlocked.Read(ref _highest); seen < nonce;)
        {
            long now = Interlocked.CompareExchange(ref _highest, nonce, seen);
            seen = now == seen ? nonce : now;
        }
    }
}
