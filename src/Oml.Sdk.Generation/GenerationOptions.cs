namespace Oml.Sdk.Generation;

/// <summary>How one text is generated.</summary>
/// <remarks>
/// Read when a generation is asked for; later changes have no effect on it. Not thread-safe. The steps, in their order: repetition
/// penalty, a watermark's bias, temperature, top-k, top-p, a watermark's tournament, the draw.
/// </remarks>
public sealed class GenerationOptions
{
    /// <summary>The default of <see cref="MaxNewTokens"/>.</summary>
    public const int DefaultMaxNewTokens = 256;

    /// <summary>The largest <see cref="MaxNewTokens"/>: 2²⁰.</summary>
    public const int LargestMaxNewTokens = 1 << 20;

    /// <summary>The largest <see cref="Temperature"/>.</summary>
    public const float MaxTemperature = 100;

    /// <summary>The largest <see cref="RepetitionPenalty"/>.</summary>
    public const float MaxRepetitionPenalty = 100;

    /// <summary>The most <see cref="StopStrings"/>.</summary>
    public const int MaxStopStrings = 64;

    /// <summary>The longest of <see cref="StopStrings"/>, in UTF-16 units.</summary>
    public const int MaxStopStringLength = 1024;

    /// <summary>How many tokens at most.</summary>
    /// <value>The default value is 256. 1 to 2²⁰.</value>
    public int MaxNewTokens { get; set; } = DefaultMaxNewTokens;

    /// <summary>What logits are divided by: less than 1 for likelier tokens, more for rarer ones. 0 takes the likeliest token every time (greedy).</summary>
    /// <value>The default value is 1. 0, or above 0 to 100; the others have no effect with 0.</value>
    public float Temperature { get; set; } = 1;

    /// <summary>How many of the likeliest tokens are drawn from; 0 for all.</summary>
    /// <value>The default value is 0. At least 0; more than the vocabulary has is all.</value>
    public int TopK { get; set; }

    /// <summary>The likeliest tokens are drawn from whose probabilities add up to this, those that <see cref="TopK"/> leaves taken as the whole.</summary>
    /// <value>The default value is 1, for all. Above 0, at most 1.</value>
    public float TopP { get; set; } = 1;

    /// <summary>
    /// What the logits of tokens that came before, prompt included, are divided by where they are positive and multiplied by where they
    /// are negative (Keskar et al. 2019, as the transformers library has it).
    /// </summary>
    /// <value>The default value is 1, for none. Above 0 to 100; below 1 repetitions become likelier.</value>
    public float RepetitionPenalty { get; set; } = 1;

    /// <summary>Makes the draws repeatable: the same seed, model, prompt and options give the same tokens, as far as the runtime computes the same logits.</summary>
    /// <value>The default value is null: a seed from the operating system's generator. It is no secret, and protects nothing.</value>
    public long? Seed { get; set; }

    /// <summary>Tokens that end the text, beside the tokenizer's own.</summary>
    /// <value>Empty by default.</value>
    public IList<int> StopTokens { get; } = [];

    /// <summary>Texts that end the text; compared ordinally. They need a tokenizer.</summary>
    /// <value>Empty by default. At most 64, none empty or longer than 1024 UTF-16 units.</value>
    public IList<string> StopStrings { get; } = [];

    /// <summary>Whether <see cref="ITextTokenizer.EndOfText"/> ends the text.</summary>
    /// <value>The default value is true.</value>
    public bool StopAtEndOfText { get; set; } = true;
}
