using System.Globalization;

namespace Oml.Sdk.Tests.Support;

/// <summary>Eight processes of 64 callers each that want the same units and the same nonces.</summary>
internal static class Contest
{
    private const int Processes = 8;
    private const long Quota = 1_000;
    private const int Nonces = 250;

    /// <summary>Holds that they get exactly the quota with ten times as many calls (I1), and each nonce once (I2).</summary>
    /// <param name="program">The host that runs them.</param>
    /// <param name="arguments">The host's arguments, up to the permissions' issuer.</param>
    public static async Task HoldAsync(string program, params string[] arguments)
    {
        string[] task = [.. ((long[])[Quota, 10 * Quota / Processes, Nonces]).Select(number => number.ToString(CultureInfo.InvariantCulture))];
        HostProcess[] hosts = await Task.WhenAll(Enumerable.Range(0, Processes).Select(_ => HostProcess.StartAsync(program, [.. arguments, .. task])));
        string[] lines = await Task.WhenAll(hosts.Select(host => host.GoAsync()));

        string[][] words = [.. lines.Select(line => line.Split(' '))];
        words.Sum(line => long.Parse(line[0], CultureInfo.InvariantCulture)).Should().Be(Quota);
        words.Where(line => line[1] != "-").SelectMany(line => line[1].Split(','))
            .Select(nonce => int.Parse(nonce, CultureInfo.InvariantCulture)).Order().Should().Equal(Enumerable.Range(1, Nonces));
    }
}
