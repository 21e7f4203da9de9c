namespace Oml.Sdk.Metering.Receipts;

/// <summary>A receipt log cannot be opened, read or written: in use, damaged, or another host's.</summary>
public sealed class ReceiptLogException : OmlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="fault">The class of fault.</param>
    /// <param name="message">What is wrong with what, and what to do next. Never contains a key.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public ReceiptLogException(ReceiptLogFault fault, string message, Exception? innerException = null)
        : base(message, innerException) => Fault = fault;

    /// <summary>The class of fault.</summary>
    public ReceiptLogFault Fault { get; }
}
