using System.Globalization;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sqlite;

namespace Oml.Sdk.LedgerHost;

/// <summary>Reserves units of one quota with many callers until there are none, and says how many it got.</summary>
internal static class DrainQuota
{
    private const int Callers = 32;

    public static async Task<int> RunAsync(string path, string nonce, string limit)
    {
        await using SqliteUsageLedger ledger = SqliteUsageLedger.Open(new SqliteLedgerOptions { Path = path, BusyTimeout = TimeSpan.FromMinutes(1) });
        PermissionKey key = new("issuer", RedeemForEver.NonceOf(long.Parse(nonce, CultureInfo.InvariantCulture)));
        long most = long.Parse(limit, CultureInfo.InvariantCulture);
        long[] granted = await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            long sum = 0;
            while (true)
            {
                UnitReservation reservation = await ledger.ReserveAsync(key, 3, most, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
                sum += reservation.Granted;
                if (reservation.Granted == 0)
                {
                    return sum;
                }
            }
        }));
        Console.WriteLine(granted.Sum());
        return 0;
    }
}
