using System.Collections.Immutable;

namespace Oml.Sdk.Generation;

/// <summary>A text that was generated. Immutable and thread-safe.</summary>
public sealed class GeneratedText
{
    internal GeneratedText(string text, ImmutableArray<int> tokens, int promptTokens, GenerationFinishReason finishReason)
    {
        Text = text;
        Tokens = tokens;
        PromptTokens = promptTokens;
        FinishReason = finishReason;
    }

    /// <summary>The text, without the prompt.</summary>
    public string Text { get; }

    /// <summary>Its tokens, a stop token included: what a watermark is looked for in, and what was metered.</summary>
    public ImmutableArray<int> Tokens { get; }

    /// <summary>How many tokens the prompt had.</summary>
    public int PromptTokens { get; }

    /// <summary>Why it ended.</summary>
    public GenerationFinishReason FinishReason { get; }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
