using Microsoft.Extensions.AI;

namespace Oml.Sdk.Extensions.AI;

/// <summary>The seam to a model's way of writing a conversation: messages to the prompt that the model continues with its answer.</summary>
/// <remarks>
/// The contract: any number of callers at once; the messages are neither kept nor changed. <see cref="OmlChatClient"/> calls it with at
/// least one message; each is from <c>system</c>, <c>user</c> or <c>assistant</c> and holds text alone. Whoever writes a message must not
/// be able to end it and write another in somebody else's name: a template whose marks could be forged in a text refuses such a text.
/// <see cref="ChatTemplate"/> has the usual ones.
/// </remarks>
public interface IChatTemplate
{
    /// <summary>Texts that end an answer, besides those that the caller asks for; empty where the model's own last token does.</summary>
    IReadOnlyList<string> StopStrings { get; }

    /// <summary>Writes a conversation.</summary>
    /// <param name="messages">The messages, the oldest first.</param>
    /// <returns>The prompt, up to where the answer begins.</returns>
    /// <exception cref="ArgumentException">A message cannot be written in this form; the message says why.</exception>
    string Format(IReadOnlyList<ChatMessage> messages);
}
