using System.Globalization;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.RedisHost;

/// <summary>64 callers reserve units of one quota until none is left, giving some back; prints how many they kept, and whether they redeemed the nonce.</summary>
internal static class DrainQuota
{
    private const int Callers = 64;

    public static async Task<int> RunAsync(IUsageLedger ledger, string nonce, string limit)
    {
        PermissionKey key = new("https://publisher.example", new PermissionNonce(Convert.FromHexString(nonce)));
        long quota = long.Parse(limit, CultureInfo.InvariantCulture);
        DateTimeOffset keepUntil = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Console.WriteLine("ready");
        await Console.In.ReadLineAsync();
        bool[] redeemed = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => ledger.RedeemAsync(key, keepUntil).AsTask()));
        long[] kept = await Task.WhenAll(Enumerable.Range(0, Callers).Select(DrainAsync));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kept.Sum()} {redeemed.Count(won => won)}"));
        return 0;

        async Task<long> DrainAsync(int caller)
        {
            long sum = 0;
            for (int i = 0; ; i++)
            {
                UnitReservation reservation = await ledger.ReserveAsync(key, 1 + ((caller + i) % 7), quota, keepUntil);
                if (reservation.Granted == 0)
                {
                    return sum;
                }

                // Every fifth block goes back, so that a lost or doubled return would show in the sum.
                if ((caller + i) % 5 == 0)
                {
                    await ledger.ReturnAsync(key, reservation.Granted);
                }
                else
                {
                    sum += reservation.Granted;
                }
            }
        }
    }
}
