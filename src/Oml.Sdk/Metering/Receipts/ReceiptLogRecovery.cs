namespace Oml.Sdk.Metering.Receipts;

/// <summary>What opening a log found and mended.</summary>
/// <param name="Receipts">How many receipts the log has.</param>
/// <param name="UncheckpointedReceipts">How many of them no checkpoint covers yet; they were checked one by one.</param>
/// <param name="ReceiptBytesCut">
/// How many bytes of an unfinished receipt were cut off: what a crash left of an append that nobody was told had succeeded.
/// </param>
/// <param name="CheckpointBytesCut">How many bytes of an unfinished checkpoint were cut off.</param>
/// <param name="HashBytesCut">How many bytes of unfinished hashes were cut off and written anew.</param>
public sealed record ReceiptLogRecovery(
    long Receipts, long UncheckpointedReceipts, long ReceiptBytesCut, long CheckpointBytesCut, long HashBytesCut)
{
    /// <summary>Whether anything was cut off.</summary>
    public bool WasTorn => ReceiptBytesCut + CheckpointBytesCut + HashBytesCut > 0;
}
