using Microsoft.ML.Tokenizers;

namespace Oml.Sdk.Generation.Tokenizers;

/// <summary>A tokenizer of Microsoft.ML.Tokenizers.</summary>
internal sealed class LibraryTokenizer(Tokenizer tokenizer, int? endOfText) : ITextTokenizer
{
    public int? EndOfText => endOfText;

    public IReadOnlyList<int> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length == 0 ? [] : tokenizer.EncodeToIds(text);
    }

    public string Decode(ReadOnlySpan<int> tokens) => tokenizer.Decode(tokens.ToArray()) ?? "";
}
