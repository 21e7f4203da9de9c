namespace Oml.Sdk.Sealing;

/// <summary>A fingerprint could not be baked into a model. Nothing was changed.</summary>
public sealed class BakingException : OmlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="failure">The class of failure.</param>
    /// <param name="message">What is wrong with what, and what to do next. Never contains a key or a sign.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public BakingException(BakingFailure failure, string message, Exception? innerException = null)
        : base(message, innerException) => Failure = failure;

    /// <summary>The class of failure.</summary>
    public BakingFailure Failure { get; }
}
