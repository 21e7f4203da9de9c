using Microsoft.Extensions.AI;
using Oml.Sdk.Extensions.AI.Embeddings;
using Oml.Sdk.Generation;
using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Extensions.AI;

/// <summary>An embedding generator of Microsoft.Extensions.AI over an encoder model that runs here, under a permission.</summary>
/// <remarks>
/// <para><b>Models</b>: ONNX exports of encoders with the usual names: <c>input_ids</c>, and where the model has them
/// <c>attention_mask</c> and <c>token_type_ids</c>; embeddings, or the states of tokens, which are pooled here.</para>
/// <para><b>Metering</b>: a call of the model takes as many texts as <see cref="OmlEmbeddingGeneratorOptions.MaxBatchSize"/> says, padded
/// to the longest, and is a unit; by rows, every text is one. Without <c>attention_mask</c> only neighbours of one length share a call.
/// All texts are checked before the first call; a request that fails at a later one has paid the earlier ones.</para>
/// <para><b>Fingerprints</b>: the output that the model was told to mark (<see cref="Fingerprints.EmbeddingFingerprint"/>) should be the
/// one that is read here, and hold embeddings: then what is returned carries the mark, and normalising only changes a length that
/// detection does not depend on. Where states of tokens are marked and pooled here, the mean carries what is left of many marks, which
/// detection is not made for; export the pooling with the model instead.</para>
/// <para><b>Threads</b>: any number of requests at once. A runtime on this machine computes on the calling thread; wrap the call in
/// <c>Task.Run</c> where it must stay free. The session stays the caller's: <see cref="Dispose"/> does nothing.</para>
/// </remarks>
public sealed class OmlEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    private const string Provider = "oml";

    private readonly OmlSession _session;
    private readonly ITextTokenizer _tokenizer;
    private readonly EncoderLayout _layout;
    private readonly EncoderSettings _settings;
    private readonly TimeProvider _time;
    private readonly string _modelId;
    private readonly EmbeddingGeneratorMetadata _metadata;

    /// <summary>Makes a generator.</summary>
    /// <param name="session">The session; the caller keeps owning it.</param>
    /// <param name="tokenizer">
    /// The model's tokenizer. Where it does not put the tokens around a text that the model wants, the options do.
    /// </param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="UnsupportedModelException">The model is no encoder, or one that is not supported; the message says what is in the way.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public OmlEmbeddingGenerator(OmlSession session, ITextTokenizer tokenizer, OmlEmbeddingGeneratorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(tokenizer);
        options ??= new OmlEmbeddingGeneratorOptions();
        ArgumentNullException.ThrowIfNull(options.TimeProvider, nameof(options));
        _layout = EncoderLayout.Read(session.Signature, options.Output);
        _settings = new EncoderSettings(options, _layout, nameof(options));
        _session = session;
        _tokenizer = tokenizer;
        _time = options.TimeProvider;
        _modelId = options.ModelId ?? session.Permission.Model.ToString();
        _metadata = new EmbeddingGeneratorMetadata(Provider, providerUri: null, _modelId, _layout.Dimensions);
    }

    /// <summary>Embeds texts.</summary>
    /// <param name="values">The texts.</param>
    /// <param name="options">
    /// How; null for the generator's own. <see cref="EmbeddingGenerationOptions.Dimensions"/> and
    /// <see cref="EmbeddingGenerationOptions.ModelId"/> must be the model's where they are given; nothing else is read.
    /// </param>
    /// <param name="cancellationToken">Stops it, before a call of the model always, during one where the runtime allows.</param>
    /// <returns>One embedding a text, in their order, and the tokens that the model was given, padding left out, as usage.</returns>
    /// <exception cref="NotSupportedException">Another model or other dimensions are asked for.</exception>
    /// <exception cref="ArgumentException">A text has no tokens, or too many. Nothing was paid.</exception>
    /// <exception cref="PermissionDeniedException">The permission has ended, or does not suffice.</exception>
    /// <exception cref="InferenceException">The runtime failed, or an embedding is not finite.</exception>
    /// <exception cref="UnsupportedModelException">The model returns other dimensions than it declares, or another type.</exception>
    /// <remarks>It raises what <see cref="OmlSession.InferAsync"/> raises.</remarks>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        ThrowIfUnsupported(options);
        List<int[]> texts = [];
        foreach (string value in values)
        {
            ArgumentNullException.ThrowIfNull(value, nameof(values));
            texts.Add(Encode(value, texts.Count, nameof(values)));
        }

        GeneratedEmbeddings<Embedding<float>> embeddings = new(texts.Count);
        foreach (TextBatch batch in TextBatch.Divide(texts, _settings.MaxBatchSize, _layout.HasMask))
        {
            foreach (float[] vector in await RunAsync(batch, cancellationToken).ConfigureAwait(false))
            {
                ThrowIfOtherDimensions(options, vector.Length);
                embeddings.Add(new Embedding<float>(vector) { ModelId = _modelId, CreatedAt = _time.GetUtcNow() });
            }
        }

        long tokens = texts.Sum(text => (long)text.Length);
        embeddings.Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens };
        return embeddings;
    }

    /// <summary>What stands behind the generator.</summary>
    /// <param name="serviceType">
    /// <see cref="EmbeddingGeneratorMetadata"/>, <see cref="OmlSession"/>, <see cref="ITextTokenizer"/>, or a type of the generator itself.
    /// </param>
    /// <param name="serviceKey">Null; nothing has a key.</param>
    /// <returns>The service, or null.</returns>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
            : serviceType == typeof(OmlSession) ? _session
            : serviceType == typeof(ITextTokenizer) ? _tokenizer
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Does nothing: the session is the caller's.</summary>
    public void Dispose()
    {
    }

    private async ValueTask<float[][]> RunAsync(TextBatch batch, CancellationToken cancellationToken)
    {
        InferenceInputs inputs = batch.ToInputs(_layout, _settings.PadToken);
        using InferenceOutputs outputs = await _session.InferAsync(inputs, cancellationToken).ConfigureAwait(false);
        return Pooled.Read(outputs[_layout.Output.Name], batch, (int)inputs[EncoderLayout.Ids].Shape[1], _settings);
    }

    private int[] Encode(string text, int index, string parameterName)
    {
        IReadOnlyList<int> tokens = _tokenizer.Encode(text);
        int room = _settings.MaxTokens - _settings.AddedTokens;
        if (tokens.Count == 0 && _settings.AddedTokens == 0)
        {
            throw new ArgumentException($"The text {index} has no tokens.", parameterName);
        }

        if (tokens.Count > room && !_settings.Truncates)
        {
            throw new ArgumentException(
                $"The text {index} has {tokens.Count + _settings.AddedTokens} tokens, and the model takes {_settings.MaxTokens}. Divide it, or let the options truncate.",
                parameterName);
        }

        IEnumerable<int> kept = tokens.Take(room);
        kept = _settings.BeginToken is { } begin ? kept.Prepend(begin) : kept;
        return [.. _settings.EndToken is { } end ? kept.Append(end) : kept];
    }

    private void ThrowIfUnsupported(EmbeddingGenerationOptions? options)
    {
        if (options?.ModelId is { } asked && !string.Equals(asked, _modelId, StringComparison.Ordinal))
        {
            throw new NotSupportedException($"The model '{asked}' is asked for; the generator's is '{_modelId}'.");
        }

        if (_layout.Dimensions is { } dimensions)
        {
            ThrowIfOtherDimensions(options, dimensions);
        }
    }

    private static void ThrowIfOtherDimensions(EmbeddingGenerationOptions? options, int dimensions)
    {
        if (options?.Dimensions is { } asked && asked != dimensions)
        {
            throw new NotSupportedException($"Embeddings of {asked} dimensions are asked for; the model's have {dimensions}.");
        }
    }
}
