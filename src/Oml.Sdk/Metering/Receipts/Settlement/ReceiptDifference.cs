namespace Oml.Sdk.Metering.Receipts.Settlement;

/// <summary>The first receipt in which two copies of a log differ: what a dispute is about.</summary>
/// <param name="Index">Its index.</param>
/// <param name="Ours">What our copy has there; null if it ends before.</param>
/// <param name="Theirs">What their copy has there; null if it ends before.</param>
public sealed record ReceiptDifference(long Index, Receipt? Ours, Receipt? Theirs)
{
    /// <summary>Finds it. Each receipt names the one before it, so all that follows differs too.</summary>
    /// <param name="ours">Our receipts, from index 0; see <see cref="ReceiptLogReader"/>.</param>
    /// <param name="theirs">Their receipts, from index 0.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The difference, or null if both have the same receipts.</returns>
    public static async Task<ReceiptDifference?> FindAsync(
        IAsyncEnumerable<Receipt> ours, IAsyncEnumerable<Receipt> theirs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ours);
        ArgumentNullException.ThrowIfNull(theirs);
        IAsyncEnumerator<Receipt> a = ours.GetAsyncEnumerator(cancellationToken);
        await using (a.ConfigureAwait(false))
        {
            IAsyncEnumerator<Receipt> b = theirs.GetAsyncEnumerator(cancellationToken);
            await using (b.ConfigureAwait(false))
            {
                for (long index = 0; ; index++)
                {
                    Receipt? left = await a.MoveNextAsync().ConfigureAwait(false) ? a.Current : null;
                    Receipt? right = await b.MoveNextAsync().ConfigureAwait(false) ? b.Current : null;
                    if (left is null && right is null)
                    {
                        return null;
                    }

                    if (left != right)
                    {
                        return new ReceiptDifference(index, left, right);
                    }
                }
            }
        }
    }
}
