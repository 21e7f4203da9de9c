namespace Oml.Sdk.Extensions.AI.Embeddings;

/// <summary>Options that were checked.</summary>
internal sealed class EncoderSettings
{
    public EncoderSettings(OmlEmbeddingGeneratorOptions options, EncoderLayout layout, string parameterName)
    {
        Pooling = Enum.IsDefined(options.Pooling) ? options.Pooling : throw OutOfRange(options.Pooling, "The pooling is none of the known ones.");
        Truncates = Enum.IsDefined(options.LongTexts)
            ? options.LongTexts == LongTextHandling.Truncate
            : throw OutOfRange(options.LongTexts, "The handling of long texts is none of the known ones.");
        Normalizes = options.Normalize;
        BeginToken = Token(options.BeginToken, nameof(options.BeginToken));
        EndToken = Token(options.EndToken, nameof(options.EndToken));
        PadToken = Token(options.PadToken, nameof(options.PadToken))!.Value;
        int most = options.MaxTokens is >= 1 and <= OmlEmbeddingGeneratorOptions.LargestMaxTokens
            ? options.MaxTokens
            : throw OutOfRange(options.MaxTokens, $"{nameof(options.MaxTokens)} is 1 to {OmlEmbeddingGeneratorOptions.LargestMaxTokens}.");
        MaxTokens = Math.Min(most, layout.FixedTokens ?? most);
        MaxBatchSize = options.MaxBatchSize is >= 1 and <= OmlEmbeddingGeneratorOptions.LargestMaxBatchSize
            ? layout.TakesOneText ? 1 : options.MaxBatchSize
            : throw OutOfRange(options.MaxBatchSize, $"{nameof(options.MaxBatchSize)} is 1 to {OmlEmbeddingGeneratorOptions.LargestMaxBatchSize}.");
        if (MaxTokens <= AddedTokens)
        {
            throw OutOfRange(options.MaxTokens, $"{nameof(options.MaxTokens)} has no room for a text besides the tokens around it.");
        }

        int? Token(int? token, string name) => token is null or >= 0 ? token : throw OutOfRange(token, $"{name} is 0 or more.");

        ArgumentOutOfRangeException OutOfRange(object value, string message) => new(parameterName, value, message);
    }

    public EmbeddingPooling Pooling { get; }

    public bool Truncates { get; }

    public bool Normalizes { get; }

    public int? BeginToken { get; }

    public int? EndToken { get; }

    public int PadToken { get; }

    public int MaxTokens { get; }

    public int MaxBatchSize { get; }

    /// <summary>How many tokens are put around a text.</summary>
    public int AddedTokens => (BeginToken is null ? 0 : 1) + (EndToken is null ? 0 : 1);
}
