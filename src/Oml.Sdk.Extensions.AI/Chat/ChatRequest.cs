using Microsoft.Extensions.AI;
using Oml.Sdk.Generation;

namespace Oml.Sdk.Extensions.AI.Chat;

/// <summary>What is asked for, in this library's terms. What cannot be done is refused: a caller who asked for it would be misled by an answer without it.</summary>
internal static class ChatRequest
{
    /// <summary>The messages as the template gets them, with the request's instructions at the beginning.</summary>
    public static List<ChatMessage> ReadMessages(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        List<ChatMessage> all = [];
        if (!string.IsNullOrEmpty(options?.Instructions))
        {
            all.Add(new ChatMessage(ChatRole.System, options.Instructions));
        }

        int before = all.Count;
        foreach (ChatMessage message in messages)
        {
            ArgumentNullException.ThrowIfNull(message, nameof(messages));
            ThrowIfUnsupported(message, all.Count - before);
            all.Add(message);
        }

        return all.Count > before ? all : throw new ArgumentException("There is no message.", nameof(messages));
    }

    /// <summary>The options of the generator.</summary>
    /// <param name="defaults">What holds where the request says nothing.</param>
    /// <param name="options">The request's.</param>
    /// <param name="template">Whose stop strings are added.</param>
    public static GenerationOptions ReadOptions(GenerationOptions defaults, ChatOptions? options, IChatTemplate template)
    {
        GenerationOptions read = Copy(defaults);
        read.Temperature = options?.Temperature ?? read.Temperature;
        read.TopK = options?.TopK ?? read.TopK;
        read.TopP = options?.TopP ?? read.TopP;
        read.MaxNewTokens = options?.MaxOutputTokens ?? read.MaxNewTokens;
        read.Seed = options?.Seed ?? read.Seed;
        foreach (string text in template.StopStrings.Concat(options?.StopSequences ?? []).Except(read.StopStrings, StringComparer.Ordinal))
        {
            read.StopStrings.Add(text);
        }

        return read;
    }

    /// <summary>Refuses options that would change the answer and that nothing here does.</summary>
    public static void ThrowIfUnsupported(ChatOptions options, string modelId)
    {
        Refuse(options.Tools is { Count: > 0 }, $"{nameof(options.Tools)}: the model is not told of tools, and calls none");
        Refuse(
            options.ToolMode is not (null or AutoChatToolMode or NoneChatToolMode), $"{nameof(options.ToolMode)}: the model calls no tools");
        Refuse(
            options.ResponseFormat is not (null or ChatResponseFormatText), $"{nameof(options.ResponseFormat)}: only text is supported; nothing makes the model write JSON");
        Refuse(
            options.FrequencyPenalty is not (null or 0), $"{nameof(options.FrequencyPenalty)}: there is {nameof(GenerationOptions.RepetitionPenalty)} in the client's options, which is another");
        Refuse(
            options.PresencePenalty is not (null or 0), $"{nameof(options.PresencePenalty)}: there is {nameof(GenerationOptions.RepetitionPenalty)} in the client's options, which is another");
        Refuse(options.ConversationId is not null, $"{nameof(options.ConversationId)}: the client keeps no conversations; send all messages");
        Refuse(
            options.ContinuationToken is not null, $"{nameof(options.ContinuationToken)}: the client keeps no answers to go on with; this would be another one, and paid");
        Refuse(
            options.Reasoning is { Effort: not (null or ReasoningEffort.None) } or { Output: not (null or ReasoningOutput.None) },
            $"{nameof(options.Reasoning)}: the model is not told how much to reason, and what it reasons is not told apart from its answer");
        Refuse(
            options.ModelId is { } asked && !string.Equals(asked, modelId, StringComparison.Ordinal), $"{nameof(options.ModelId)} '{options.ModelId}': the client's model is '{modelId}'");
    }

    /// <summary>Options of their own, which nobody changes.</summary>
    public static GenerationOptions Copy(GenerationOptions options)
    {
        GenerationOptions copy = new()
        {
            MaxNewTokens = options.MaxNewTokens,
            Temperature = options.Temperature,
            TopK = options.TopK,
            TopP = options.TopP,
            RepetitionPenalty = options.RepetitionPenalty,
            Seed = options.Seed,
            StopAtEndOfText = options.StopAtEndOfText,
        };
        foreach (int token in options.StopTokens)
        {
            copy.StopTokens.Add(token);
        }

        foreach (string text in options.StopStrings)
        {
            copy.StopStrings.Add(text);
        }

        return copy;
    }

    private static void ThrowIfUnsupported(ChatMessage message, int index)
    {
        // Roles are free text, which would end up in the prompt.
        Refuse(
            message.Role != ChatRole.System && message.Role != ChatRole.User && message.Role != ChatRole.Assistant,
            $"the role '{message.Role.Value}' of message {index}: known are system, user and assistant");
        foreach (AIContent content in message.Contents)
        {
            Refuse(content is not TextContent, $"the {content?.GetType().Name ?? "null"} in message {index}: only {nameof(TextContent)} is");
        }
    }

    private static void Refuse(bool asked, string what)
    {
        if (asked)
        {
            throw new NotSupportedException($"Not supported is {what}.");
        }
    }
}
