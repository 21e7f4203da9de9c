using Oml.Sdk.Metering.Receipts.Checking;
using Oml.Sdk.Metering.Receipts.Storage;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering.Receipts;

/// <summary>Checks a whole log, trusting nothing in its folder: every receipt, every hash, every checkpoint (docs/spec/receipt.md §7).</summary>
/// <remarks>Thread-safe. It only reads; memory does not grow with the log.</remarks>
public static class ReceiptLogChecker
{
    /// <summary>Checks a log.</summary>
    /// <param name="folder">The log's folder, best a copy: what is appended meanwhile can look like a torn end.</param>
    /// <param name="hostKey">The host's key, from a source that the caller trusts.</param>
    /// <param name="known">
    /// Checkpoints of this log that the caller kept elsewhere, in any order. Only they show that a log was rolled back or written anew.
    /// </param>
    /// <param name="progress">Told now and then how many receipts were checked; null for nobody.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>What was found; a damaged log is a report, not an exception.</returns>
    /// <exception cref="ReceiptLogException">The folder cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public static Task<ReceiptLogReport> CheckAsync(
        string folder,
        IssuerPublicKey hostKey,
        IEnumerable<ReceiptCheckpoint>? known = null,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(hostKey);
        ReceiptCheckpoint[] kept = [.. (known ?? []).OrderBy(checkpoint => checkpoint.Size)];
        if (!Directory.Exists(folder))
        {
            throw new ReceiptLogException(ReceiptLogFault.Unreadable, $"There is no receipt log at '{folder}'.");
        }

        return Task.Run(() => Run(new LogFolder(Path.GetFullPath(folder)), hostKey, kept, progress, cancellationToken), cancellationToken);
    }

    private static ReceiptLogReport Run(
        LogFolder folder, IssuerPublicKey hostKey, ReceiptCheckpoint[] known, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        try
        {
            using LogCheck check = new(folder, hostKey, known, progress, cancellationToken);
            return check.Run();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ReceiptLogException(ReceiptLogFault.Unreadable, $"The receipt log '{folder.Path}' cannot be read: {error.Message}", error);
        }
    }
}
