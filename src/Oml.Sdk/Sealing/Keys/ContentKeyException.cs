namespace Oml.Sdk.Sealing;

/// <summary>The content key of a sealed model could not be had, so the model stays closed.</summary>
public sealed class ContentKeyException : OmlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What is missing or wrong and what a person can do about it; never a key or a part of one.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public ContentKeyException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
