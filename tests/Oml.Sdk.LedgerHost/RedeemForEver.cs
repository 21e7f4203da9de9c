using System.Globalization;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sqlite;

namespace Oml.Sdk.LedgerHost;

/// <summary>Redeems nonces that are numbers, one after another, and says each that was acknowledged, until it is killed. Reserves a unit for each.</summary>
internal static class RedeemForEver
{
    public static async Task<int> RunAsync(string path, string issuer, string first)
    {
        await using SqliteUsageLedger ledger = SqliteUsageLedger.Open(new SqliteLedgerOptions { Path = path });
        DateTimeOffset until = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);
        PermissionKey quota = new(issuer, NonceOf(0));
        Stream output = Console.OpenStandardOutput();
        for (long i = long.Parse(first, CultureInfo.InvariantCulture); ; i++)
        {
            UnitReservation reservation = await ledger.ReserveAsync(quota, 1, long.MaxValue, until);
            bool redeemed = await ledger.RedeemAsync(new PermissionKey(issuer, NonceOf(i)), until);

            // Straight to the pipe: what is acknowledged must be known outside before anything else happens.
            output.Write(System.Text.Encoding.ASCII.GetBytes($"{i} {redeemed} {reservation.Granted}\n"));
        }
    }

    public static PermissionNonce NonceOf(long number)
    {
        byte[] bytes = new byte[PermissionNonce.Size];
        BitConverter.TryWriteBytes(bytes, number);
        return new PermissionNonce(bytes);
    }
}
