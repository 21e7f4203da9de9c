namespace Oml.Sdk.Permissions;

/// <summary>Ends the decoding of a token; it never leaves the verifier.</summary>
/// <param name="message">What is wrong, in words that hold nothing of the token.</param>
internal sealed class MalformedTokenException(string message) : Exception(message);
