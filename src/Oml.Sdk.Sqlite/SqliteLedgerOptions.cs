using System.ComponentModel.DataAnnotations;

namespace Oml.Sdk.Sqlite;

/// <summary>Where usage is kept and how long to wait for others. Validated when a ledger is opened, and at host start.</summary>
public sealed class SqliteLedgerOptions : IValidatableObject
{
    private static readonly TimeSpan LongestBusyTimeout = TimeSpan.FromMinutes(5);

    /// <summary>The file. It is made if it is not there; its folder must be. On a disk of this machine: SQLite's locks do not hold across a network.</summary>
    /// <value>The default is empty: it must be set.</value>
    [Required]
    public string Path { get; set; } = string.Empty;

    /// <summary>How long to wait while another process writes, in whole seconds, at least one. 0 to 5 minutes.</summary>
    /// <value>The default is 10 seconds.</value>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Refuses a timeout that is out of range.</summary>
    /// <param name="validationContext">Not used.</param>
    /// <returns>What is wrong, if anything is.</returns>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (BusyTimeout < TimeSpan.Zero || BusyTimeout > LongestBusyTimeout)
        {
            yield return new ValidationResult(
                $"{nameof(BusyTimeout)} must be between 0 and {LongestBusyTimeout}; it is {BusyTimeout}.", [nameof(BusyTimeout)]);
        }
    }
}
