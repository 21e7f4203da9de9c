using System.Collections.Frozen;

namespace Oml.Sdk.Generation;

/// <summary>Options that were checked.</summary>
internal sealed class GenerationSettings
{
    public GenerationSettings(GenerationOptions options, ITextTokenizer? tokenizer, string parameterName)
    {
        MaxNewTokens = options.MaxNewTokens is >= 1 and <= GenerationOptions.LargestMaxNewTokens
            ? options.MaxNewTokens
            : throw OutOfRange(options.MaxNewTokens, $"{nameof(options.MaxNewTokens)} is 1 to {GenerationOptions.LargestMaxNewTokens}.");
        Temperature = options.Temperature is >= 0 and <= GenerationOptions.MaxTemperature
            ? options.Temperature
            : throw OutOfRange(options.Temperature, $"{nameof(options.Temperature)} is 0 to {GenerationOptions.MaxTemperature}.");
        TopK = options.TopK >= 0 ? options.TopK : throw OutOfRange(options.TopK, $"{nameof(options.TopK)} is 0 or more.");
        TopP = options.TopP is > 0 and <= 1
            ? options.TopP
            : throw OutOfRange(options.TopP, $"{nameof(options.TopP)} is above 0 and at most 1.");
        RepetitionPenalty = options.RepetitionPenalty is > 0 and <= GenerationOptions.MaxRepetitionPenalty
            ? options.RepetitionPenalty
            : throw OutOfRange(
                options.RepetitionPenalty, $"{nameof(options.RepetitionPenalty)} is above 0 and at most {GenerationOptions.MaxRepetitionPenalty}.");
        Seed = (ulong?)options.Seed;
        IEnumerable<int> own = options.StopAtEndOfText && tokenizer?.EndOfText is { } end ? [end] : [];
        StopTokens = options.StopTokens.Concat(own).ToFrozenSet();
        StopStrings = [.. options.StopStrings];
        CheckStopStrings(tokenizer, parameterName);

        ArgumentOutOfRangeException OutOfRange(object value, string message) => new(parameterName, value, message);
    }

    public int MaxNewTokens { get; }

    public float Temperature { get; }

    public bool IsGreedy => Temperature == 0;

    public int TopK { get; }

    public float TopP { get; }

    public float RepetitionPenalty { get; }

    /// <summary>Null for one that every text draws anew.</summary>
    public ulong? Seed { get; }

    public FrozenSet<int> StopTokens { get; }

    public string[] StopStrings { get; }

    private void CheckStopStrings(ITextTokenizer? tokenizer, string parameterName)
    {
        if (StopStrings.Length != 0 && tokenizer is null)
        {
            throw new ArgumentException("Stop strings need a tokenizer; give one to the generator, or use stop tokens.", parameterName);
        }

        if (StopStrings.Length > GenerationOptions.MaxStopStrings
            || StopStrings.Any(text => string.IsNullOrEmpty(text) || text.Length > GenerationOptions.MaxStopStringLength))
        {
            throw new ArgumentException(
                $"There are at most {GenerationOptions.MaxStopStrings} stop strings of 1 to {GenerationOptions.MaxStopStringLength} characters.",
                parameterName);
        }
    }
}
