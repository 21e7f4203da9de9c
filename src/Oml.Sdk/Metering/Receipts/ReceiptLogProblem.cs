namespace Oml.Sdk.Metering.Receipts;

/// <summary>One thing that is wrong with a log.</summary>
/// <param name="Fault">The class of fault.</param>
/// <param name="Index">The receipt, or the size of the checkpoint, where it was noticed.</param>
/// <param name="Message">What is wrong with what.</param>
public sealed record ReceiptLogProblem(ReceiptLogFault Fault, long Index, string Message);
