namespace Oml.Sdk.Permissions.Revocation;

/// <summary>How status lists are kept. Set it before it is used.</summary>
public sealed class StatusListOptions
{
    /// <summary>After what time a list that says nothing of it is fetched again: 15 minutes by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not 1 second to 1 day.</exception>
    public TimeSpan RefreshAfter
    {
        get;
        set => field = Check(value, TimeSpan.FromSeconds(1), nameof(RefreshAfter));
    } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How long a list may still be used after it has ended while no newer one can be had: not at all by default. So long a revocation may go
    /// unnoticed by a licensee who keeps newer lists away.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not 0 to 30 days.</exception>
    public TimeSpan Grace
    {
        get;
        set => field = Check(value, TimeSpan.Zero, nameof(Grace), TimeSpan.FromDays(30));
    }

    /// <summary>How soon a list that could not be had is asked for again: 5 seconds by default. Until then its permissions are refused.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not 0 to 1 day.</exception>
    public TimeSpan RetryAfter
    {
        get;
        set => field = Check(value, TimeSpan.Zero, nameof(RetryAfter));
    } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How often an open session looks whether its permission still holds: every minute by default. That fetches no list before it is due, so a
    /// revocation reaches the session so long after the list that tells it could be had.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not 1 second to 1 day.</exception>
    public TimeSpan SessionInterval
    {
        get;
        set => field = Check(value, TimeSpan.FromSeconds(1), nameof(SessionInterval));
    } = TimeSpan.FromMinutes(1);

    internal StatusListOptions Copy() => (StatusListOptions)MemberwiseClone();

    private static TimeSpan Check(TimeSpan value, TimeSpan least, string name, TimeSpan? most = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, least, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, most ?? TimeSpan.FromDays(1), name);
        return value;
    }
}
