namespace Oml.Sdk.Permissions;

/// <summary>How fast a permission's units may be used. Immutable and thread-safe.</summary>
/// <remarks>
/// A bucket holds <see cref="Units"/> and fills up again within <see cref="Seconds"/>: so many units may be used at once, and no more on
/// average. All sessions that an <see cref="OmlModel"/> opens with one permission share a bucket. Other processes have their own.
/// </remarks>
public sealed class RateLimit
{
    /// <summary>The longest period: 366 days.</summary>
    public const int MaxSeconds = 366 * 24 * 60 * 60;

    /// <summary>Creates a limit.</summary>
    /// <param name="units">How many units, 1 to 2^53.</param>
    /// <param name="seconds">In how many seconds, 1 to <see cref="MaxSeconds"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public RateLimit(long units, int seconds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(units, PermissionLimits.MaxQuota);
        ArgumentOutOfRangeException.ThrowIfLessThan(seconds, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seconds, MaxSeconds);
        Units = units;
        Seconds = seconds;
    }

    /// <summary>How many units.</summary>
    public long Units { get; }

    /// <summary>In how many seconds.</summary>
    public int Seconds { get; }

    /// <summary>The limit as <c>10 units in 60 s</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{Units} units in {Seconds} s";
}
