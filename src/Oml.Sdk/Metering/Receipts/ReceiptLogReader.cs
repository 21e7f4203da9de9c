using System.Runtime.CompilerServices;
using Oml.Sdk.Metering.Receipts.Storage;
using Oml.Sdk.Metering.Receipts.Tree;
using Oml.Sdk.Metering.Receipts.Wire;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering.Receipts;

/// <summary>Reads the receipts of a log without its host's key, e.g. of a copy that a publisher was sent.</summary>
/// <remarks>
/// Thread-safe. It checks the form and the chain of what it reads, and no signature: check the copy with
/// <see cref="ReceiptLogChecker"/> before believing it.
/// </remarks>
public static class ReceiptLogReader
{
    /// <summary>Reads receipts in their order.</summary>
    /// <param name="folder">The log's folder.</param>
    /// <param name="first">The index of the first one, 0 or more.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The receipts; a torn end, as after a crash, is not among them.</returns>
    /// <exception cref="ReceiptLogException">The folder cannot be read, or a receipt is malformed or out of its chain.</exception>
    public static async IAsyncEnumerable<Receipt> ReadAsync(
        string folder, long first = 0, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        LogFolder paths = new(Path.GetFullPath(folder));
        Bundle bundle = new();
        ReceiptHash? previous = first == 0 ? default(ReceiptHash) : null;
        for (long file = first / TilePath.Width; ; file++)
        {
            string path = TilePath.Of(paths.Entries, file);
            await Task.Run(() => Read(bundle, path), cancellationToken).ConfigureAwait(false);
            long start = file * TilePath.Width;
            for (int i = (int)Math.Max(0, first - start); i < bundle.Count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Receipt receipt = Decode(bundle[i], start + i, path);
                if (previous is { } hash && receipt.Previous != hash)
                {
                    throw new ReceiptLogException(
                        ReceiptLogFault.BrokenChain, $"Receipt {start + i} in '{path}' does not name the one before it. Check the log.");
                }

                previous = MerkleHash.Leaf(bundle[i].Span);
                yield return receipt;
            }

            if (bundle.Count < TilePath.Width)
            {
                yield break;
            }
        }
    }

    private static void Read(Bundle bundle, string path)
    {
        try
        {
            bundle.Read(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ReceiptLogException(ReceiptLogFault.Unreadable, $"Receipts in '{path}' cannot be read: {error.Message}", error);
        }
    }

    private static Receipt Decode(ReadOnlyMemory<byte> entry, long index, string path)
    {
        try
        {
            return ReceiptReader.Read(entry);
        }
        catch (MalformedTokenException error)
        {
            throw new ReceiptLogException(
                ReceiptLogFault.MalformedReceipt, $"Receipt {index} in '{path}' cannot be read: {error.Message}. Check the log.");
        }
    }
}
