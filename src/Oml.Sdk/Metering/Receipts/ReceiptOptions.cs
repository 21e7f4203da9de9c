namespace Oml.Sdk.Metering.Receipts;

/// <summary>When a model writes receipts, and what is in them. Set it before the model is built.</summary>
public sealed class ReceiptOptions
{
    /// <summary>The longest <see cref="FlushInterval"/> and <see cref="CheckpointInterval"/>: a day.</summary>
    public static readonly TimeSpan MaxInterval = TimeSpan.FromDays(1);

    /// <summary>
    /// A session writes a receipt when it has delivered this many units since its last one: 1 to 2^20, 4096 by default. It writes one
    /// when it ends, too.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside that range.</exception>
    public int FlushUnits
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(FlushUnits));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1 << 20, nameof(FlushUnits));
            field = value;
        }
    } = 4096;

    /// <summary>
    /// How long a delivered unit waits for its receipt at most, while its session lives: 10 seconds by default. What a process that is
    /// killed has not written has no receipt; the usage ledger has booked it all the same.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not above zero and at most <see cref="MaxInterval"/>.</exception>
    public TimeSpan FlushInterval
    {
        get;
        set => field = Check(value, nameof(FlushInterval));
    } = TimeSpan.FromSeconds(10);

    /// <summary>How long a receipt waits for a checkpoint that covers it: one minute by default. Closing the model signs one, too.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not above zero and at most <see cref="MaxInterval"/>.</exception>
    public TimeSpan CheckpointInterval
    {
        get;
        set => field = Check(value, nameof(CheckpointInterval));
    } = TimeSpan.FromMinutes(1);

    /// <summary>Of what receipts keep digests; of nothing by default. With any, every call has a receipt of its own, and hashes what it digests.</summary>
    /// <remarks>
    /// While the usage ledger or the disk of the receipts does not answer, 65,536 receipts of a model wait in memory; calls after them are refused with
    /// <see cref="ReceiptLogFault.Backlog"/> until those are written.
    /// </remarks>
    public ReceiptDigests Digests { get; set; }

    /// <summary>
    /// Starts although the usage ledger is older than the receipts. Set it once, after finding out why: units that the lost part of the
    /// ledger had booked can be used again.
    /// </summary>
    public bool AcceptOlderLedger { get; set; }

    /// <summary>How many receipts of single calls may wait: a bound for memory that only a store that does not answer reaches.</summary>
    internal int MaxBacklog { get; set; } = 65_536;

    internal ReceiptOptions Copy() => (ReceiptOptions)MemberwiseClone();

    private static TimeSpan Check(TimeSpan value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxInterval, name);
        return value;
    }
}
