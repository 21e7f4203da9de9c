namespace Oml.Sdk.Permissions;

/// <summary>An issuer whose keys are read from a source, again and again, so that it can change them.</summary>
/// <remarks>
/// <para>Not thread-safe. The verifier checks it and takes a copy: later changes have no effect.</para>
/// <para>
/// The keys are loaded before the first permission is verified, again when <see cref="RefreshInterval"/> has passed, and when a
/// permission of this issuer is signed with a key that is not known, but not more often than every <see cref="RetryInterval"/>. Loads are
/// made when permissions are verified, so there is nothing that runs in between. A permission waits for the load that
/// it needs; all that wait at the same time wait for the same one. A key that is no longer in the set is not trusted from then on;
/// sessions that are open stay open. When a load fails, the last good set stays, and that is logged.
/// </para>
/// </remarks>
public sealed class TrustedIssuerSource
{
    /// <summary>The default of <see cref="RefreshInterval"/>: 5 minutes.</summary>
    public static readonly TimeSpan DefaultRefreshInterval = TimeSpan.FromMinutes(5);

    /// <summary>The largest value of <see cref="RefreshInterval"/>: 1 day.</summary>
    public static readonly TimeSpan GreatestRefreshInterval = TimeSpan.FromDays(1);

    /// <summary>The default of <see cref="RetryInterval"/>: 30 seconds.</summary>
    public static readonly TimeSpan DefaultRetryInterval = TimeSpan.FromSeconds(30);

    /// <summary>The largest value of <see cref="RetryInterval"/>: 1 hour.</summary>
    public static readonly TimeSpan GreatestRetryInterval = TimeSpan.FromHours(1);

    /// <summary>The default of <see cref="LoadTimeout"/>: 10 seconds.</summary>
    public static readonly TimeSpan DefaultLoadTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The largest value of <see cref="LoadTimeout"/>: 5 minutes.</summary>
    public static readonly TimeSpan GreatestLoadTimeout = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    /// <summary>Trusts the keys that a source has.</summary>
    /// <param name="name">The <c>iss</c> claim that the tokens of these keys must have, 1 to 512 bytes of UTF-8, compared byte for byte.</param>
    /// <param name="source">Where the keys are read from; the caller keeps owning it.</param>
    /// <exception cref="ArgumentException">The name is empty, too long, not valid Unicode, or has control characters.</exception>
    public TrustedIssuerSource(string name, IIssuerKeySetSource source)
    {
        ClaimText.Check(name, PermissionLimits.MaxIssuerBytes, "The issuer's name", nameof(name));
        ArgumentNullException.ThrowIfNull(source);
        Name = name;
        Source = source;
    }

    /// <summary>The <c>iss</c> claim that the tokens of these keys must have.</summary>
    public string Name { get; }

    /// <summary>Where the keys are read from.</summary>
    public IIssuerKeySetSource Source { get; }

    /// <summary>How long a set is used before it is loaded again: 1 second to 1 day. A key that was removed is trusted at most so long.</summary>
    /// <value>The default is 5 minutes.</value>
    public TimeSpan RefreshInterval { get; set; } = DefaultRefreshInterval;

    /// <summary>
    /// The shortest time between two loads, whatever tokens come, and how long a load that failed is not tried again: 1 second to 1 hour.
    /// </summary>
    /// <value>The default is 30 seconds.</value>
    public TimeSpan RetryInterval { get; set; } = DefaultRetryInterval;

    /// <summary>How long a load may take: 1 second to 5 minutes. A permission waits at most so long.</summary>
    /// <value>The default is 10 seconds.</value>
    public TimeSpan LoadTimeout { get; set; } = DefaultLoadTimeout;

    /// <summary>
    /// How long the last good set stays when loads fail, from <see cref="RefreshInterval"/> up; then no key of this issuer is trusted until a load succeeds.
    /// It is looked at when a load has failed, so it may be exceeded by <see cref="RetryInterval"/> and <see cref="LoadTimeout"/>.
    /// </summary>
    /// <value>The default is null: for as long as it takes.</value>
    public TimeSpan? MaxAge { get; set; }

    /// <summary>The keys that are trusted until the first load succeeds, e.g. of a machine that starts without a network.</summary>
    /// <value>The default is null: without a load, no key is trusted, and a model cannot be built.</value>
    public IssuerKeySet? InitialKeys { get; set; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it and the range.</exception>
    internal void Validate(string parameterName)
    {
        Require(nameof(RefreshInterval), RefreshInterval, GreatestRefreshInterval);
        Require(nameof(RetryInterval), RetryInterval, GreatestRetryInterval);
        Require(nameof(LoadTimeout), LoadTimeout, GreatestLoadTimeout);
        if (MaxAge < RefreshInterval)
        {
            throw new ArgumentException($"MaxAge must not be below RefreshInterval, {RefreshInterval}; it is {MaxAge}.", parameterName);
        }

        void Require(string name, TimeSpan value, TimeSpan greatest)
        {
            if (value < Least || value > greatest)
            {
                throw new ArgumentException($"{name} must be {Least} to {greatest}; it is {value}.", parameterName);
            }
        }
    }
}
