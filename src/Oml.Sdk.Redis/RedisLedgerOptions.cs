using System.ComponentModel.DataAnnotations;
using StackExchange.Redis;

namespace Oml.Sdk.Redis;

/// <summary>Where a ledger's Redis server is and how it is used. Validated when a ledger is opened, and at host start.</summary>
public sealed class RedisLedgerOptions : IValidatableObject
{
    private const int LongestName = 64;
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan GreatestClockSkew = TimeSpan.FromDays(1);

    /// <summary>The connection string in the form of StackExchange.Redis, e.g. <c>redis.internal:6380,ssl=true,user=oml,password=…</c>.</summary>
    /// <value>The default is empty; it is needed.</value>
    public string ConnectionString { get; set; } = "";

    /// <summary>What the ledger's keys begin with: ledgers with different prefixes share a server and nothing else. Without braces and spaces.</summary>
    /// <value>The default is <c>oml:</c>.</value>
    public string KeyPrefix { get; set; } = "oml:";

    /// <summary>The name of the keys that hold the fencing epoch, after the prefix and the bucket.</summary>
    /// <value>The default is <c>epoch</c>.</value>
    public string EpochKey { get; set; } = "epoch";

    /// <summary>How long opening the ledger may take. 50 milliseconds to a minute.</summary>
    /// <value>The default is five seconds.</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one step may take, its safe repetitions included. 50 milliseconds to a minute.</summary>
    /// <value>The default is five seconds.</value>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How far the server's clock may be ahead of the callers': the server keeps everything that much longer than it was asked to. 0 to a day.
    /// </summary>
    /// <value>The default is ten minutes.</value>
    public TimeSpan AllowedClockSkew { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Refuses values that are empty, malformed or out of range.</summary>
    /// <param name="validationContext">Not used.</param>
    /// <returns>What is wrong, if anything is.</returns>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!HasServer())
        {
            yield return new ValidationResult(
                $"{nameof(ConnectionString)} names no server or cannot be read; give one such as 'localhost:6379'.", [nameof(ConnectionString)]);
        }

        if (!IsName(KeyPrefix))
        {
            yield return NotAName(nameof(KeyPrefix));
        }

        // "seen" and "p:…" are the names of the ledger's other keys.
        if (!IsName(EpochKey) || EpochKey == LedgerKeys.SeenName || EpochKey.StartsWith(LedgerKeys.EntryName, StringComparison.Ordinal))
        {
            yield return NotAName(nameof(EpochKey));
        }

        if (ConnectTimeout < ShortestTimeout || ConnectTimeout > LongestTimeout)
        {
            yield return OutOfRange(nameof(ConnectTimeout), ConnectTimeout, ShortestTimeout, LongestTimeout);
        }

        if (OperationTimeout < ShortestTimeout || OperationTimeout > LongestTimeout)
        {
            yield return OutOfRange(nameof(OperationTimeout), OperationTimeout, ShortestTimeout, LongestTimeout);
        }

        if (AllowedClockSkew < TimeSpan.Zero || AllowedClockSkew > GreatestClockSkew)
        {
            yield return OutOfRange(nameof(AllowedClockSkew), AllowedClockSkew, TimeSpan.Zero, GreatestClockSkew);
        }
    }

    private static ValidationResult NotAName(string option) => new(
        $"{option} must be 1 to {LongestName} visible ASCII characters without braces, and no name that the ledger uses itself.", [option]);

    private static ValidationResult OutOfRange(string option, TimeSpan value, TimeSpan least, TimeSpan most) =>
        new($"{option} must be between {least} and {most}; it is {value}.", [option]);

    private static bool IsName(string? name) =>
        name is { Length: > 0 and <= LongestName } && name.All(c => c is > ' ' and < (char)127 and not '{' and not '}');

    // What the parser says is not passed on: it may quote the password.
    private bool HasServer()
    {
        try
        {
            return ConfigurationOptions.Parse(ConnectionString ?? "").EndPoints.Count > 0;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
