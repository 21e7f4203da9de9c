namespace Oml.Sdk.Generation;

/// <summary>A model's inputs and outputs are not those of a model that this library can generate, or embed, text with.</summary>
public sealed class UnsupportedModelException : OmlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">Which input or output is in the way, and what was expected.</param>
    public UnsupportedModelException(string message)
        : base(message)
    {
    }
}
