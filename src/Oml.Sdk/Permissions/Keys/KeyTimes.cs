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

    public static bool AreInOrder(DateTimeOffset? notBefore, DateTimeOffset? notAfter) =>
        notBefore is null || notAfter is null || notBefore < notAfter;

    private static DateTimeOffset? ToTime(long? seconds, string what) => seconds switch
    {
        null => null,
        >= 0 and <= PermissionLimits.MaxUnixSeconds => DateTimeOffset.FromUnixTimeSeconds(seconds.Value),
        _ => throw new CryptographicException($"{what} has a time that is not 1970 to 9999."),
    };
}
