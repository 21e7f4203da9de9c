using System.Collections.Concurrent;
using System.Globalization;
using Oml.Sdk.Metering;

namespace Oml.Sdk.Tests.LedgerHosts;

/// <summary>What one of several processes does that want the same: 64 callers reserve units of one quota, then redeem nonces.</summary>
internal static class Contention
{
    private const int Callers = 64;

    /// <summary>Waits for its start signal; prints how many units it got, and the nonces that it redeemed, or "-" for none.</summary>
    /// <param name="ledger">The ledger that the processes share.</param>
    /// <param name="arguments">The issuer, the quota, how many calls to make for it, how many nonces to redeem, each of them by two callers.</param>
    public static async Task<int> RunAsync(IUsageLedger ledger, ReadOnlyMemory<string> arguments)
    {
        string issuer = arguments.Span[0];
        long[] numbers = [.. arguments[1..].ToArray().Select(number => long.Parse(number, CultureInfo.InvariantCulture))];
        (long quota, long calls, long nonces) = (numbers[0], numbers[1], numbers[2]);
        Console.WriteLine("ready");
        await Console.In.ReadLineAsync();

        long granted = 0;
        await RaceAsync(calls, async call =>
        {
            UnitReservation reservation = await ledger.ReserveAsync(NumberedPermissions.Key(issuer, 0), 1 + (call % 3), quota, NumberedPermissions.Until);
            Interlocked.Add(ref granted, reservation.Granted);
        });
        ConcurrentBag<long> redeemed = [];
        await RaceAsync(2 * nonces, async call =>
        {
            long nonce = 1 + (call / 2);
            if (await ledger.RedeemAsync(NumberedPermissions.Key(issuer, nonce), NumberedPermissions.Until))
            {
                redeemed.Add(nonce);
            }
        });
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{granted} {(redeemed.IsEmpty ? "-" : string.Join(',', redeemed))}"));
        return 0;
    }

    private static Task RaceAsync(long calls, Func<long, Task> call)
    {
        long next = -1;
        return Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            for (long i = Interlocked.Increment(ref next); i < calls; i = Interlocked.Increment(ref next))
            {
                await call(i);
            }
        })));
    }
}
