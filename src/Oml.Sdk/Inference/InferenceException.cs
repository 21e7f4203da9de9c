namespace Oml.Sdk.Inference;

/// <summary>The runtime failed while it ran the model. No unit was spent.</summary>
public sealed class InferenceException : OmlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What the runtime said.</param>
    /// <param name="innerException">The runtime's own error.</param>
    public InferenceException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
