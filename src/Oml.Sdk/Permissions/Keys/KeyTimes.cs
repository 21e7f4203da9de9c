using System.Security.Cryptography;

namespace Oml.Sdk.Permissions;

/// <summary>When a key is trusted: from its start on, and before its end.</summary>
internal static class KeyTimes
{
    /// <summary>Reads seconds since 1970.</summary>
    /// <exception cref="CryptographicException">One is beyond the year 9999, or the end is not after the start.</exception>
    public static (DateTimeOffset? NotBefore, DateTimeOffset? NotAfter) Read(long? notBefore, long? notAfter, string what)
    {
        (DateTimeOffset? NotBefore, DateTimeOffset? NotAfter) times = (ToTime(notBefore, what), ToTime(notAfter, what));
        return AreInOrder(times.NotBefore, times.NotAfter)
            ? times
            : throw new CryptographicException($"{what} would cease to be trusted before it starts to be.");
    }

    /// <summary>Checks the times of a caller.</summary>
    /// <exception cref="ArgumentException">A time is no whole second or before 1970, or the end is not after the start.</exception>
    public static void Check(DateTimeOffset? notBefore, DateTimeOffset? notAfter, string startName, string endName)
    {
        CheckSecond(notBefore, startName);
        CheckSecond(notAfter, endName);
        if (!AreInOrder(notBefore, notAfter))
        {
            throw new ArgumentException($"The key would cease to be trusted at {notAfter:u}, which is not after its start, {notBefore:u}.", endName);
        }
    }

    private static bool AreInOrder(DateTimeOffset? notBefore, DateTimeOffset? notAfter) =>
        notBefore is null || notAfter is null || notBefore < notAfter;

    private static void CheckSecond(DateTimeOffset? time, string name)
    {
        if (time < DateTimeOffset.UnixEpoch || time?.UtcTicks % TimeSpan.TicksPerSecond > 0)
        {
            throw new ArgumentException($"A key's time must be a whole second from 1970 on; it is {time:O}.", name);
        }
    }

    private static DateTimeOffset? ToTime(long? seconds, string what) => seconds switch
    {
        null => null,
        >= 0 and <= PermissionLimits.MaxUnixSeconds => DateTimeOffset.FromUnixTimeSeconds(seconds.Value),
        _ => throw new CryptographicException($"{what} has a time that is not 1970 to 9999."),
    };
}
