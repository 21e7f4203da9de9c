namespace Oml.Sdk.Metering.Receipts.Recording;

/// <summary>How many receipts of single calls were made and are not on the disk yet. Thread-safe.</summary>
internal sealed class ReceiptBacklog(int most)
{
    private int _count;

    /// <summary>Counts one more.</summary>
    /// <returns>Whether that was the one that makes it half full.</returns>
    public bool Add() => Interlocked.Increment(ref _count) == (most + 1) / 2;

    /// <summary>Whether calls are refused.</summary>
    public bool IsFull => Volatile.Read(ref _count) >= most;

    public void Remove(int written) => Interlocked.Add(ref _count, -written);

    /// <summary>Refuses a call whose receipt would have to wait behind too many. Calls in flight are kept all the same.</summary>
    /// <exception cref="ReceiptLogException">Too many wait.</exception>
    public void ThrowIfFull()
    {
        if (Volatile.Read(ref _count) >= most)
        {
            throw new ReceiptLogException(
                ReceiptLogFault.Backlog,
                $"{most} receipts wait to be written, as the usage ledger or the disk of the receipts does not answer, so the model is not used. " +
                "Mend that: once they are written, it goes on.");
        }
    }
}
