using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Oml.Sdk.Extensions.AI.Chat;
using Oml.Sdk.Generation;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Extensions.AI;

/// <summary>A chat client of Microsoft.Extensions.AI over a model that runs here, under a permission.</summary>
/// <remarks>
/// <para><b>Metering</b>: every token of an answer is a unit of the generator's session, whatever the prompt's length;
/// <see cref="UsageDetails.OutputTokenCount"/> is what was paid. An answer that the permission ends raises
/// <see cref="PermissionDeniedException"/>, as it is; stream it to have what came before.</para>
/// <para><b>Options</b> of a request that are heeded: <see cref="ChatOptions.Temperature"/>, <see cref="ChatOptions.TopK"/>,
/// <see cref="ChatOptions.TopP"/>, <see cref="ChatOptions.MaxOutputTokens"/>, <see cref="ChatOptions.StopSequences"/>,
/// <see cref="ChatOptions.Seed"/>, <see cref="ChatOptions.Instructions"/> (a system message before the others), and
/// <see cref="ChatOptions.RawRepresentationFactory"/>, whose <see cref="GenerationOptions"/> take the place of the client's own. Tools,
/// formats other than text, penalties, reasoning, a conversation's id, a continuation token and another model's id are refused with
/// <see cref="NotSupportedException"/>, as are contents that are no text and roles other than system, user and assistant. Other options
/// are hints, and ignored: an answer is always whole, also where it might run in the background.</para>
/// <para><b>Threads</b>: any number of requests at once. A runtime on this machine computes on the calling thread; wrap the call, or the
/// loop, in <c>Task.Run</c> where it must stay free. The generator and its session stay the caller's: <see cref="Dispose"/> does nothing.</para>
/// </remarks>
public sealed class OmlChatClient : IChatClient
{
    private const string Provider = "oml";

    private readonly TextGenerator _generator;
    private readonly IChatTemplate _template;
    private readonly GenerationOptions _defaults;
    private readonly TimeProvider _time;
    private readonly string _modelId;
    private readonly ChatClientMetadata _metadata;

    /// <summary>Makes a client.</summary>
    /// <param name="generator">The generator, with a tokenizer; the caller keeps owning it and its session.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="ArgumentException">The generator has no tokenizer, or an option is null that must not be.</exception>
    public OmlChatClient(TextGenerator generator, OmlChatClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(generator);
        options ??= new OmlChatClientOptions();
        ArgumentNullException.ThrowIfNull(options.Template, nameof(options));
        ArgumentNullException.ThrowIfNull(options.Generation, nameof(options));
        ArgumentNullException.ThrowIfNull(options.TimeProvider, nameof(options));
        if (generator.Tokenizer is null)
        {
            throw new ArgumentException("The generator has no tokenizer, which messages need; give it one.", nameof(generator));
        }

        _generator = generator;
        _template = options.Template;
        _defaults = ChatRequest.Copy(options.Generation);
        _time = options.TimeProvider;
        _modelId = options.ModelId ?? generator.Session.Permission.Model.ToString();
        _metadata = new ChatClientMetadata(Provider, providerUri: null, _modelId);
    }

    /// <summary>Answers a conversation and waits for the whole.</summary>
    /// <param name="messages">The conversation, the oldest message first; at least one.</param>
    /// <param name="options">How; null for the client's own. See the remarks of the class.</param>
    /// <param name="cancellationToken">Stops it; the tokens so far stay paid.</param>
    /// <returns>
    /// The answer, whose <see cref="ChatResponse.RawRepresentation"/> is the <see cref="GeneratedText"/>: its tokens are what a watermark is
    /// looked for in.
    /// </returns>
    /// <exception cref="NotSupportedException">The request asks for something that is not supported; the message says what. Nothing was paid.</exception>
    /// <exception cref="ArgumentException">There is no message, one that the template refuses, or more than fits the model's context. Nothing was paid.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range. Nothing was paid.</exception>
    /// <exception cref="PermissionDeniedException">The permission ended, before the answer or on its way.</exception>
    /// <remarks>It raises what <see cref="TextGenerator.CompleteAsync"/> raises.</remarks>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        (string prompt, GenerationOptions generation) = Read(messages, options);
        GeneratedText text = await _generator.CompleteAsync(prompt, generation, cancellationToken).ConfigureAwait(false);
        string id = NewId();
        DateTimeOffset created = _time.GetUtcNow();
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, text.Text) { MessageId = id, CreatedAt = created })
        {
            ResponseId = id,
            ModelId = _modelId,
            CreatedAt = created,
            FinishReason = Convert(text.FinishReason),
            Usage = Usage(text.PromptTokens, text.Tokens.Length),
            RawRepresentation = text,
        };
    }

    /// <summary>Answers a conversation token by token.</summary>
    /// <param name="messages">The conversation, the oldest message first; at least one.</param>
    /// <param name="options">How; null for the client's own. See the remarks of the class.</param>
    /// <param name="cancellationToken">Stops it; the tokens so far stay paid.</param>
    /// <returns>
    /// One update for every token, with the text that is certain then, or without a content where none is; the last one has the reason
    /// and a <see cref="UsageContent"/>. <see cref="ChatResponseUpdate.RawRepresentation"/> is the <see cref="GeneratedToken"/>. Whoever
    /// stops reading pays for no further token.
    /// </returns>
    /// <exception cref="NotSupportedException">The request asks for something that is not supported; the message says what.</exception>
    /// <exception cref="ArgumentException">There is no message, one that the template refuses, or more than fits the model's context.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <remarks>The loop raises what that of <see cref="TextGenerator.GenerateAsync(string, GenerationOptions?, CancellationToken)"/> raises.</remarks>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        (string prompt, GenerationOptions generation) = Read(messages, options);
        IReadOnlyList<int> tokens = _generator.Tokenizer!.Encode(prompt);
        return StreamAsync(_generator.GenerateAsync(tokens, generation, CancellationToken.None), tokens.Count, cancellationToken);
    }

    /// <summary>What stands behind the client.</summary>
    /// <param name="serviceType">
    /// <see cref="ChatClientMetadata"/>, <see cref="TextGenerator"/>, <see cref="OmlSession"/>, or a type of the client itself.
    /// </param>
    /// <param name="serviceKey">Null; nothing has a key.</param>
    /// <returns>The service, or null.</returns>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType == typeof(TextGenerator) ? _generator
            : serviceType == typeof(OmlSession) ? _generator.Session
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Does nothing: the generator's session is the caller's.</summary>
    public void Dispose()
    {
    }

    private (string Prompt, GenerationOptions Options) Read(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (options is not null)
        {
            ChatRequest.ThrowIfUnsupported(options, _modelId);
        }

        List<ChatMessage> all = ChatRequest.ReadMessages(messages, options);
        GenerationOptions defaults = options?.RawRepresentationFactory?.Invoke(this) as GenerationOptions ?? _defaults;
        return (_template.Format(all), ChatRequest.ReadOptions(defaults, options, _template));
    }

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(
        IAsyncEnumerable<GeneratedToken> tokens, int promptTokens, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string id = NewId();
        DateTimeOffset created = _time.GetUtcNow();
        int count = 0;
        await foreach (GeneratedToken token in tokens.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            count++;
            ChatResponseUpdate update = new()
            {
                Role = ChatRole.Assistant,
                ResponseId = id,
                MessageId = id,
                ModelId = _modelId,
                CreatedAt = created,
                RawRepresentation = token,
            };
            if (token.Text.Length != 0)
            {
                update.Contents.Add(new TextContent(token.Text));
            }

            if (token.FinishReason is { } reason)
            {
                update.FinishReason = Convert(reason);
                update.Contents.Add(new UsageContent(Usage(promptTokens, count)));
            }

            yield return update;
        }
    }

    private static ChatFinishReason Convert(GenerationFinishReason reason) =>
        reason is GenerationFinishReason.StopToken or GenerationFinishReason.StopString ? ChatFinishReason.Stop : ChatFinishReason.Length;

    private static UsageDetails Usage(int prompt, int generated) => new()
    {
        InputTokenCount = prompt,
        OutputTokenCount = generated,
        TotalTokenCount = (long)prompt + generated,
    };

    // An identifier, no secret.
    private static string NewId() => Guid.NewGuid().ToString("N");
}
