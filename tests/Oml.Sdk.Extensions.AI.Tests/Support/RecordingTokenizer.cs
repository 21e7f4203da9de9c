using Oml.Sdk.Generation;

namespace Oml.Sdk.Extensions.AI.Tests.Support;

/// <summary>Remembers the texts that it encoded: what the model was told.</summary>
internal sealed class RecordingTokenizer(ITextTokenizer tokenizer) : ITextTokenizer
{
    public List<string> Texts { get; } = [];

    public int? EndOfText => tokenizer.EndOfText;

    public IReadOnlyList<int> Encode(string text)
    {
        lock (Texts)
        {
            Texts.Add(text);
        }

        return tokenizer.Encode(text);
    }

    public string Decode(ReadOnlySpan<int> tokens) => tokenizer.Decode(tokens);
}
