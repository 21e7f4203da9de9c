using System.Globalization;
using System.Text;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sqlite;

namespace Oml.Sdk.LedgerHost;

/// <summary>
/// Redeems nonces that are numbers, one after another, for a unit each of the blocks that it reserves, and says each and whether it was
/// redeemed, until it is killed.
/// </summary>
internal static class RedeemForEver
{
    /// <summary>How many units are reserved at a time.</summary>
    public const int Block = 8;

    public static async Task<int> RunAsync(string path, string issuer, string first, string quota)
    {
        await using SqliteUsageLedger ledger = SqliteUsageLedger.Open(new SqliteLedgerOptions { Path = path });
        DateTimeOffset until = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);
        PermissionKey units = new(issuer, NonceOf(Number(quota)));
        Stream output = Console.OpenStandardOutput();
        long left = 0;
        for (long i = Number(first); ; i++, left--)
        {
            left += left > 0 ? 0 : (await ledger.ReserveAsync(units, Block, long.MaxValue, until)).Granted;
            bool redeemed = await ledger.RedeemAsync(new PermissionKey(issuer, NonceOf(i)), until);

            // Straight to the pipe: what is acknowledged must be known outside before anything else happens.
            output.Write(Encoding.ASCII.GetBytes($"{i} {redeemed}\n"));
        }
    }

    public static PermissionNonce NonceOf(long number)
    {
        byte[] bytes = new byte[PermissionNonce.Size];
        BitConverter.TryWriteBytes(bytes, number);
        return new PermissionNonce(bytes);
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
