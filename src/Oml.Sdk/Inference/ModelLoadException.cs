namespace Oml.Sdk.Inference;

/// <summary>A model could not be loaded: it is missing, empty, corrupt, or of a kind that the runtime does not know.</summary>
public sealed class ModelLoadException : OmlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="model">The path of the model, or what else names it.</param>
    /// <param name="message">What is wrong with it.</param>
    /// <param name="innerException">The runtime's own error.</param>
    public ModelLoadException(string model, string message, Exception? innerException = null)
        : base(message, innerException) => Model = model;

    /// <summary>The path of the model, or what else names it.</summary>
    public string Model { get; }
}
