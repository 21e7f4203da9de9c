namespace Oml.Sdk.Inference;

/// <summary>The execution provider that was demanded cannot be used on this machine or with this native package.</summary>
public sealed class ExecutionProviderUnavailableException : OmlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="executionProvider">The provider that was demanded.</param>
    /// <param name="message">Why it cannot be used and what to do.</param>
    /// <param name="innerException">The runtime's own error.</param>
    public ExecutionProviderUnavailableException(string executionProvider, string message, Exception? innerException = null)
        : base(message, innerException) => ExecutionProvider = executionProvider;

    /// <summary>The provider that was demanded.</summary>
    public string ExecutionProvider { get; }
}
