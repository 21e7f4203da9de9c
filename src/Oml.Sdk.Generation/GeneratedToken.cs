namespace Oml.Sdk.Generation;

/// <summary>One token of a text that is being generated. It cost one unit.</summary>
/// <param name="Id">The token, 0 … V − 1.</param>
/// <param name="Text">
/// The text that is certain now: that of this token, of earlier ones, or none, as a character may take several tokens and the beginning
/// of a stop string is held back. Put together, the texts of all tokens are the whole. Empty without a tokenizer.
/// </param>
/// <param name="FinishReason">Why the text ended; null for every token but the last.</param>
public readonly record struct GeneratedToken(int Id, string Text, GenerationFinishReason? FinishReason);
