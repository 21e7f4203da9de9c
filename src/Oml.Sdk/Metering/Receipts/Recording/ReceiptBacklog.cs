namespace Oml.Sdk.Metering.Receipts.Recording;

/// <summary>How many receipts of single calls were made and are not on the disk yet. Thread-safe.</summary>
internal sealed class ReceiptBacklog(int most)
{
    private int _count;

    /// <summary>Whether a call would have its receipt wait behind too many. Calls in flight are kept all the same.</summary>
    public bool IsFull => Volatile.Read(ref _count) >= most;

    /// <summary>Counts one more.</summary>
    /// <returns>Whether that was the one that makes it half full.</returns>
    public bool Add() => Interlocked.Increment(ref _count) == (most + 1) / 2;

    public void Remove(int written) => Interlocked.Add(ref _count, -written);

    /// <summary>What such a call is refused with.</summary>
    public ReceiptLogException Full() => new(
        ReceiptLogFault.Backlog,
        $"{most} receipts wait to be written, as the usage ledger or the disk of the receipts does not answer, so the model is not used. " +
        "Mend that: once they are written, it goes on.");
}
