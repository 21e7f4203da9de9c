namespace Oml.Sdk.Generation;

/// <summary>The seam to a tokenizer: text to the tokens of one model, and back.</summary>
/// <remarks>
/// The contract: any number of callers at once; arguments are not kept; tokens that it does not know decode to nothing or to U+FFFD and
/// raise nothing, as models choose them too. <see cref="TextTokenizer"/> makes the usual ones.
/// </remarks>
public interface ITextTokenizer
{
    /// <summary>The token that a model ends a text with, or null.</summary>
    int? EndOfText { get; }

    /// <summary>The tokens of a text.</summary>
    /// <param name="text">The text; the names of special tokens in it may become those tokens.</param>
    /// <returns>The tokens; none for an empty text.</returns>
    IReadOnlyList<int> Encode(string text);

    /// <summary>The text of tokens.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <returns>The text; where they end in the middle of a character, it ends with U+FFFD.</returns>
    string Decode(ReadOnlySpan<int> tokens);
}
