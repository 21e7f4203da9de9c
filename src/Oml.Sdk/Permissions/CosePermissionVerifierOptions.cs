using Oml.Sdk.Permissions.Revocation;

namespace Oml.Sdk.Permissions;

/// <summary>What a <see cref="CosePermissionVerifier"/> trusts and accepts.</summary>
/// <remarks>Not thread-safe. The verifier checks it and takes a copy: later changes have no effect.</remarks>
public sealed class CosePermissionVerifierOptions
{
    /// <summary>The default of <see cref="MaxTokenBytes"/>: 8192.</summary>
    public const int DefaultMaxTokenBytes = 8192;

    /// <summary>The smallest value of <see cref="MaxTokenBytes"/>: 512.</summary>
    public const int LeastMaxTokenBytes = 512;

    /// <summary>The largest value of <see cref="MaxTokenBytes"/>: 65536.</summary>
    public const int GreatestMaxTokenBytes = 65536;

    /// <summary>The default of <see cref="ClockSkew"/>: 60 seconds.</summary>
    public static readonly TimeSpan DefaultClockSkew = TimeSpan.FromSeconds(60);

    /// <summary>The largest value of <see cref="ClockSkew"/>: 10 minutes.</summary>
    public static readonly TimeSpan GreatestClockSkew = TimeSpan.FromMinutes(10);

    /// <summary>The default of <see cref="MaxLifetime"/>: 400 days.</summary>
    public static readonly TimeSpan DefaultMaxLifetime = TimeSpan.FromDays(400);

    /// <summary>The largest value of <see cref="MaxLifetime"/>: 3653 days, ten years.</summary>
    public static readonly TimeSpan GreatestMaxLifetime = TimeSpan.FromDays(3653);

    /// <summary>
    /// Who may sign; at least one, here or in <see cref="TrustedIssuerSources"/>. Several keys may have one name, so that an issuer can change its key. One key has one name.
    /// </summary>
    public IList<TrustedIssuer> TrustedIssuers { get; } = [];

    /// <summary>
    /// Who may sign with keys that are read from a source. A key that two of them have, or that is trusted above as well, is trusted under
    /// each of its names: whoever publishes another's key lets them sign in its own name.
    /// </summary>
    public IList<TrustedIssuerSource> TrustedIssuerSources { get; } = [];

    /// <summary>
    /// Where status lists are found; null for nowhere, and then permissions that name one are refused.
    /// </summary>
    public IStatusListSource? StatusLists { get; set; }

    /// <summary>How status lists are kept.</summary>
    public StatusListOptions StatusListOptions { get; set; } = new();

    /// <summary>How far the clocks of issuer and verifier may differ: 0 to 10 minutes.</summary>
    /// <value>The default is 60 seconds.</value>
    public TimeSpan ClockSkew { get; set; } = DefaultClockSkew;

    /// <summary>The longest token, in bytes: 512 to 65536. Longer ones are refused before anything looks at them.</summary>
    /// <value>The default is 8192.</value>
    public int MaxTokenBytes { get; set; } = DefaultMaxTokenBytes;

    /// <summary>
    /// The longest time from <c>iat</c> to <c>exp</c>: 1 second to 3653 days. It also bounds how long a usage ledger keeps a nonce.
    /// </summary>
    /// <value>The default is 400 days.</value>
    public TimeSpan MaxLifetime { get; set; } = DefaultMaxLifetime;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it and the range.</exception>
    internal void Validate()
    {
        Require(
            TrustedIssuers.Count + TrustedIssuerSources.Count > 0,
            "TrustedIssuers is empty: trust at least one issuer, or every permission is refused.");
        Require(!TrustedIssuers.Contains(null!), "TrustedIssuers has an entry that is null.");
        Require(!TrustedIssuerSources.Contains(null!), "TrustedIssuerSources has an entry that is null.");
        foreach (TrustedIssuerSource source in TrustedIssuerSources)
        {
            source.Validate("options");
        }

        Require(
            ClockSkew >= TimeSpan.Zero && ClockSkew <= GreatestClockSkew,
            $"ClockSkew must be {TimeSpan.Zero} to {GreatestClockSkew}; it is {ClockSkew}.");
        Require(
            MaxTokenBytes is >= LeastMaxTokenBytes and <= GreatestMaxTokenBytes,
            $"MaxTokenBytes must be {LeastMaxTokenBytes} to {GreatestMaxTokenBytes}; it is {MaxTokenBytes}.");
        Require(
            MaxLifetime >= TimeSpan.FromSeconds(1) && MaxLifetime <= GreatestMaxLifetime,
            $"MaxLifetime must be {TimeSpan.FromSeconds(1)} to {GreatestMaxLifetime}; it is {MaxLifetime}.");
    }

    private static void Require(bool condition, string message, string parameterName = "options")
    {
        if (!condition)
        {
            throw new ArgumentException(message, parameterName);
        }
    }
}
