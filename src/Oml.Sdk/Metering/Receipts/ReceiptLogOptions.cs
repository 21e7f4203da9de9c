using Microsoft.Extensions.Logging;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering.Receipts;

/// <summary>How a receipt log is opened. Set it before it is used; it is read once.</summary>
public sealed class ReceiptLogOptions
{
    /// <summary>
    /// The name of the log, 1 to 512 bytes of UTF-8, for its whole life; null for the name that its checkpoints have, or for a new log that
    /// of the host's key.
    /// </summary>
    /// <exception cref="ArgumentException">It breaks that rule.</exception>
    public string? Origin
    {
        get;
        set
        {
            if (value is not null)
            {
                ClaimText.Check(value, PermissionLimits.MaxIssuerBytes, "The origin of a receipt log", nameof(Origin));
            }

            field = value;
        }
    }

    /// <summary>The clock for checkpoints; the system's when null.</summary>
    public TimeProvider? TimeProvider { get; set; }

    /// <summary>Where it is said that a crash left something to cut off; nowhere when null.</summary>
    public ILogger? Logger { get; set; }
}
