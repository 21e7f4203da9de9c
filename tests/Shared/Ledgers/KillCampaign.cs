using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Oml.Sdk.Metering;
using Oml.Sdk.Tests.LedgerHosts;

namespace Oml.Sdk.Tests.Support;

/// <summary>Processes that redeem the same nonces, four at a time, and are killed; and what they said before.</summary>
/// <param name="program">The host that runs them.</param>
/// <param name="arguments">Its arguments, which say which ledger.</param>
/// <param name="kills">How many.</param>
internal sealed class KillCampaign(string program, string[] arguments, int kills)
{
    private const string Issuer = "https://publisher.example";
    private const int Workers = 4;
    private const long Quota = 1L << 50;

    // How far a process starts before the last nonce that is known to be redeemed, so that it asks for those again.
    private const int Again = 8;

    private readonly ConcurrentBag<long> _redeemed = [];
    private readonly List<long>[] _used = [.. Enumerable.Range(0, Workers).Select(_ => new List<long>())];
    private long _highest;

    private int KillsEach => kills / Workers;

    /// <summary>Starts and kills them.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(() => KillAsync(worker, cancellationToken))));

    /// <summary>Holds that what they were told is what the ledger has, and that each lost a block at most.</summary>
    public async Task HoldAsync(IUsageLedger ledger)
    {
        _redeemed.Should().OnlyHaveUniqueItems("a nonce is redeemed once, by whichever process asks (I2)");
        _redeemed.Count.Should().BeGreaterThanOrEqualTo(Workers * (KillsEach / 2), "else nothing was tested");
        bool[] isNew = await Task.WhenAll(Enumerable.Range(1, (int)_highest).Select(
            nonce => ledger.RedeemAsync(NumberedPermissions.Key(Issuer, nonce), NumberedPermissions.Until).AsTask()));

        // Every nonce up to the highest was asked for: what nobody was told of was booked by a process that was killed before it could say so.
        isNew.Should().NotContain(true, "what was acknowledged is booked (I3)");
        (_highest - _redeemed.Count).Should().BeLessThanOrEqualTo(kills);
        for (int worker = 0; worker < Workers; worker++)
        {
            _used[worker].Should().HaveCount(KillsEach);
            for (int life = 0; life < KillsEach; life++)
            {
                UnitReservation rest = await ledger.ReserveAsync(
                    NumberedPermissions.Key(Issuer, UnitsOf(worker, life)), Quota, Quota, NumberedPermissions.Until);
                long lost = Quota - rest.Granted - _used[worker][life];
                lost.Should().BeInRange(0, NumberedPermissions.Block, "a unit was reserved before it was used (I1), and a kill loses a block (I4)");
            }
        }
    }

    // A permission of its own for the units of each process; below zero, where no nonce is that is redeemed.
    private static long UnitsOf(int worker, int life) => -1 - worker - (life * Workers);

    private async Task KillAsync(int worker, CancellationToken cancellationToken)
    {
        Random random = new(worker);
        for (int life = 0; life < KillsEach; life++)
        {
            _used[worker].Add(0);
            using Process process = Start(Math.Max(1, Interlocked.Read(ref _highest) - Again), UnitsOf(worker, life));
            if (life % 2 == 0)
            {
                // Half of them are killed while they work, the others at any moment, also while they start.
                for (bool isNew = false; !isNew && await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line;)
                {
                    isNew = Record(worker, line);
                }
            }

            await Task.Delay(random.Next(life % 2 == 0 ? 10 : 120), cancellationToken);
            process.Kill();
            while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
            {
                Record(worker, line);
            }

            await process.WaitForExitAsync(cancellationToken);
        }
    }

    private Process Start(params long[] numbers)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string[] all = [.. arguments, Issuer, .. numbers.Select(number => number.ToString(CultureInfo.InvariantCulture))];
        return Process.Start(new ProcessStartInfo(host, [Path.Combine(AppContext.BaseDirectory, program + ".dll"), .. all])
        {
            RedirectStandardOutput = true,
        })!;
    }

    private bool Record(int worker, string line)
    {
        string[] words = line.Split(' ');
        long nonce = long.Parse(words[0], CultureInfo.InvariantCulture);
        bool isNew = words[1] == bool.TrueString;
        _used[worker][^1]++;
        if (isNew)
        {
            _redeemed.Add(nonce);
        }

        for (long seen = Interlocked.Read(ref _highest); seen < nonce;)
        {
            long now = Interlocked.CompareExchange(ref _highest, nonce, seen);
            seen = now == seen ? nonce : now;
        }

        return isNew;
    }
}
