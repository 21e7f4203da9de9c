namespace Oml.Sdk.Sealing;

/// <summary>A sealed model was refused: damaged, tampered with, signed by a stranger, or opened with the wrong key.</summary>
public sealed class SealedModelException : OmlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="failure">The class of failure.</param>
    /// <param name="message">What is wrong with what, and what to do next. Never contains a key or content.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public SealedModelException(SealedModelFailure failure, string message, Exception? innerException = null)
        : base(message, innerException) => Failure = failure;

    /// <summary>The class of failure.</summary>
    public SealedModelFailure Failure { get; }
}
