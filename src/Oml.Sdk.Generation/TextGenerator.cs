using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Oml.Sdk.Generation.Decoding;
using Oml.Sdk.Generation.Sampling;
using Oml.Sdk.Generation.Streaming;
using Oml.Sdk.Generation.Watermarks;
using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Generation;

/// <summary>Generates text with a decoder model, token by token, under an authorized session.</summary>
/// <remarks>
/// <para><b>Models</b>: ONNX exports of decoders with the usual names: <c>input_ids</c> and <c>logits</c>, and where the model has them
/// <c>attention_mask</c>, <c>position_ids</c>, <c>use_cache_branch</c> and a key-value cache (<c>past_key_values.0.key</c> →
/// <c>present.0.key</c>, <c>past_0</c> → <c>present_0</c> and the like). The cache is handed from step to step where the runtime left
/// it, without a copy. A model without one is run on the whole text for every token.</para>
/// <para><b>Metering</b>: every token is one call of the session. The first call takes the whole prompt and gives the first token, so a
/// text of n tokens costs n units, whatever the prompt's length (by rows: n times the first dimension of the model's first input,
/// which is 1 for <c>input_ids</c>). A permission that ends on the way stops the text with
/// <see cref="PermissionDeniedException"/>; the tokens before are delivered. A cancelled call gives its unit back.</para>
/// <para><b>Threads</b>: any number of texts at the same time. A runtime on this machine computes on the calling thread; wrap the loop in
/// <c>Task.Run</c> where it must stay free. The session stays the caller's and must outlive the texts.</para>
/// </remarks>
public sealed class TextGenerator
{
    private readonly DecoderLayout _layout;
    private readonly int _contextLength;
    private readonly TextWatermark? _watermark;

    /// <summary>Makes a generator.</summary>
    /// <param name="session">The session; the caller keeps owning it.</param>
    /// <param name="tokenizer">The model's tokenizer; null to work with tokens alone.</param>
    /// <param name="options">What holds for every text; null for the defaults.</param>
    /// <exception cref="UnsupportedModelException">The model is no decoder, or one that is not supported; the message says what is in the way.</exception>
    /// <exception cref="PermissionDeniedException">
    /// The permission has an output policy, which would restrict the model's cache too (<see cref="DenialReason.UnrestrictableOutput"/>).
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ArgumentException">The watermark is for another vocabulary, or for a stated one and the model does not say how large its own is.</exception>
    public TextGenerator(OmlSession session, ITextTokenizer? tokenizer = null, TextGeneratorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        options ??= new TextGeneratorOptions();
        if (options.ContextLength < 2)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.ContextLength, $"{nameof(options.ContextLength)} is 2 or more.");
        }

        _layout = DecoderLayout.Read(session.Signature);
        ThrowIfRestricted(session.Permission, _layout);
        _contextLength = options.ContextLength ?? int.MaxValue;
        _watermark = options.Watermark;
        _watermark?.CheckVocabulary(_layout.Vocabulary);

        Session = session;
        Tokenizer = tokenizer;
    }

    /// <summary>The session that every token is metered by.</summary>
    public OmlSession Session { get; }

    /// <summary>The tokenizer, or null.</summary>
    public ITextTokenizer? Tokenizer { get; }

    /// <summary>How many tokens the model's vocabulary has, if the model says so.</summary>
    public int? VocabularySize => _layout.Vocabulary;

    /// <summary>Whether the model has a cache. Without one, the time of a token grows with the text.</summary>
    public bool HasCache => _layout.HasCache;

    /// <summary>Continues a text.</summary>
    /// <param name="prompt">The text, with the tokens in it that the model wants at its beginning.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Stops it, before a token always, during one where the runtime allows.</param>
    /// <returns>The tokens as they come; the last one says why it ended. Whoever stops reading pays for no further token.</returns>
    /// <exception cref="InvalidOperationException">The generator has no tokenizer.</exception>
    /// <exception cref="ArgumentException">The prompt has no tokens, too many for the context, or one that the model does not know.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <remarks>What the loop over the tokens may raise is said at the other overload.</remarks>
    public IAsyncEnumerable<GeneratedToken> GenerateAsync(
        string prompt, GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return GenerateAsync(Encode(prompt), options, cancellationToken);
    }

    /// <summary>Continues a text that is given as tokens.</summary>
    /// <param name="prompt">The tokens, at least one.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Stops it, before a token always, during one where the runtime allows.</param>
    /// <returns>
    /// The tokens as they come; the last one says why it ended. Whoever stops reading pays for no further token. Reading it again is
    /// another text, and is paid again.
    /// </returns>
    /// <remarks>
    /// The loop raises what <see cref="OmlSession.InferAsync"/> raises, above all <see cref="PermissionDeniedException"/>;
    /// <see cref="InferenceException"/> for logits that are no distribution; and <see cref="UnsupportedModelException"/> for a model that
    /// returns other dimensions than it declares.
    /// </remarks>
    /// <exception cref="ArgumentException">
    /// The prompt has no tokens, too many for the context, or one that the model does not know; or stop strings are given without a
    /// tokenizer; or greedy decoding with a watermark that needs chance.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public IAsyncEnumerable<GeneratedToken> GenerateAsync(
        IEnumerable<int> prompt, GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        GenerationSettings settings = new(options ?? new GenerationOptions(), Tokenizer, nameof(options));
        if (settings.IsGreedy && _watermark is { NeedsSampling: true })
        {
            throw new ArgumentException(
                "Greedy decoding (a temperature of 0) with a SynthID watermark gives another text than the model's and hardly marks it; " +
                "choose a temperature above 0, or a KGW watermark.",
                nameof(options));
        }

        int[] tokens = [.. prompt];
        CheckPrompt(tokens);
        return RunAsync(tokens, settings, cancellationToken);
    }

    /// <summary>Continues a text and waits for the whole.</summary>
    /// <param name="prompt">The text, with the tokens in it that the model wants at its beginning.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Stops it; the tokens so far stay paid.</param>
    /// <returns>The text that was added.</returns>
    /// <remarks>It raises what <see cref="GenerateAsync(string, GenerationOptions?, CancellationToken)"/> and its loop raise.</remarks>
    /// <exception cref="PermissionDeniedException">The permission ended on the way. Read token by token to have what came before.</exception>
    public async ValueTask<GeneratedText> CompleteAsync(
        string prompt, GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        IReadOnlyList<int> tokens = Encode(prompt);
        StringBuilder text = new();
        ImmutableArray<int>.Builder generated = ImmutableArray.CreateBuilder<int>();
        GenerationFinishReason reason = default;
        await foreach (GeneratedToken token in GenerateAsync(tokens, options, cancellationToken).ConfigureAwait(false))
        {
            text.Append(token.Text);
            generated.Add(token.Id);
            reason = token.FinishReason ?? reason;
        }

        return new GeneratedText(text.ToString(), generated.ToImmutable(), tokens.Count, reason);
    }

    private async IAsyncEnumerable<GeneratedToken> RunAsync(
        int[] prompt, GenerationSettings settings, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using DecoderRun run = new(Session, _layout);
        using WatermarkRun? watermark = _watermark?.Start(Session.Permission);
        TokenSampler sampler = new(settings);
        TextStream text = new(Tokenizer, settings.StopStrings);
        List<int> tokens = [.. prompt];
        GenerationFinishReason? reason = null;
        while (reason is null)
        {
            await run.StepAsync(tokens, cancellationToken).ConfigureAwait(false);
            int token = sampler.Next(run.Logits, CollectionsMarshal.AsSpan(tokens), prompt.Length, watermark);
            tokens.Add(token);
            string added = settings.StopTokens.Contains(token) ? "" : text.Add(token);
            reason = FinishReason(token, text.Stopped, tokens.Count, prompt.Length, settings);
            yield return new GeneratedToken(token, reason is null ? added : added + text.Finish(), reason);
        }
    }

    private GenerationFinishReason? FinishReason(int token, bool stopped, int length, int promptLength, GenerationSettings settings)
    {
        if (settings.StopTokens.Contains(token))
        {
            return GenerationFinishReason.StopToken;
        }

        if (stopped)
        {
            return GenerationFinishReason.StopString;
        }

        return length - promptLength >= settings.MaxNewTokens ? GenerationFinishReason.MaxNewTokens
            : length >= _contextLength ? GenerationFinishReason.ContextFull
            : null;
    }

    private IReadOnlyList<int> Encode(string prompt)
    {
        ITextTokenizer tokenizer = Tokenizer ?? throw new InvalidOperationException(
            "The generator has no tokenizer; give it one, or a prompt of tokens.");
        return tokenizer.Encode(prompt);
    }

    private void CheckPrompt(int[] prompt)
    {
        if (prompt.Length == 0)
        {
            throw new ArgumentException("The prompt has no tokens; begin with the one that the model begins texts with.", nameof(prompt));
        }

        if (prompt.Length >= _contextLength)
        {
            throw new ArgumentException(
                $"The prompt has {prompt.Length} tokens, and the model's context of {_contextLength} needs room for one more.", nameof(prompt));
        }

        int most = _layout.Vocabulary ?? int.MaxValue;
        int wrong = Array.FindIndex(prompt, token => (uint)token >= (uint)most);
        if (wrong >= 0)
        {
            throw new ArgumentException(
                $"The token {prompt[wrong]} at {wrong} is none of the model's, which are 0 to {most - 1}. Is the tokenizer this model's?", nameof(prompt));
        }
    }

    private static void ThrowIfRestricted(Permission permission, DecoderLayout layout)
    {
        if (layout.HasCache && permission.OutputPolicy is { } policy)
        {
            throw new PermissionDeniedException(
                DenialReason.UnrestrictableOutput,
                $"The permission lets through {policy}, which would change the cache that the model is given back for the next token. Ask " +
                $"'{permission.Issuer}' for a permission without an output policy, or for a model without a cache.");
        }
    }
}
