namespace Oml.Sdk;

/// <summary>The base of every error that this library raises for a reason of its own.</summary>
/// <remarks>
/// Wrong arguments still raise <see cref="ArgumentException"/> and its kin, a cancelled call
/// <see cref="OperationCanceledException"/>, a disposed object <see cref="ObjectDisposedException"/>.
/// No message of this library contains a key, a token or the contents of a tensor.
/// </remarks>
public abstract class OmlException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What happened, what was expected and what to do next.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    protected OmlException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
