namespace Oml.Sdk.Metering;

/// <summary>A usage ledger could not be reached, or what it holds cannot be trusted. The use is refused.</summary>
/// <remarks>
/// Whether the step was booked may be unknown. It is then never repeated in a way that could book it in the licensee's favour: at most
/// the nonce, or the units that were asked for, stay spent. A ledger may derive an error of its own, so that one catch catches every ledger's.
/// </remarks>
public class UsageLedgerException : OmlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">Which store, without its password; what happened; what to do next.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public UsageLedgerException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
