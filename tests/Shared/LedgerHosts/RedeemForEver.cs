using System.Globalization;
using System.Text;
using Oml.Sdk.Metering;

namespace Oml.Sdk.Tests.LedgerHosts;

/// <summary>
/// Redeems nonces that are numbers, one after another, for a unit each of the blocks that it reserves, and says each and whether it was
/// redeemed, until it is killed.
/// </summary>
internal static class RedeemForEver
{
    /// <summary>Runs until the process ends.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="issuer">The issuer of all.</param>
    /// <param name="first">The nonce to begin with.</param>
    /// <param name="units">The permission that the units are of.</param>
    public static async Task<int> RunAsync(IUsageLedger ledger, string issuer, string first, string units)
    {
        Stream output = Console.OpenStandardOutput();
        long left = 0;
        for (long i = Number(first); ; i++, left--)
        {
            left += left > 0 ? 0 : (await ledger.ReserveAsync(
                NumberedPermissions.Key(issuer, Number(units)), NumberedPermissions.Block, long.MaxValue, NumberedPermissions.Until)).Granted;
            bool redeemed = await ledger.RedeemAsync(NumberedPermissions.Key(issuer, i), NumberedPermissions.Until);

            // Straight to the pipe: what is acknowledged must be known outside before anything else happens.
            output.Write(Encoding.ASCII.GetBytes($"{i} {redeemed}\n"));
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
