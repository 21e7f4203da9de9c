using System.Text;
using Microsoft.Extensions.AI;

namespace Oml.Sdk.Extensions.AI.Chat;

/// <summary>ChatML.</summary>
internal sealed class ChatMLTemplate : IChatTemplate
{
    private const string Start = "<|im_start|>";
    private const string End = "<|im_end|>";

    // The start too: a model that begins another message has ended its own.
    public IReadOnlyList<string> StopStrings { get; } = [End, Start];

    public string Format(IReadOnlyList<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        StringBuilder prompt = new();
        for (int i = 0; i < messages.Count; i++)
        {
            string text = messages[i].Text;
            if (StopStrings.FirstOrDefault(mark => text.Contains(mark, StringComparison.Ordinal)) is { } mark)
            {
                throw new ArgumentException(
                    $"The text of message {i} holds '{mark}', which ChatML marks messages with: it could go on in another's name. Remove it.",
                    nameof(messages));
            }

            prompt.Append(Start).Append(Name(messages[i].Role)).Append('\n').Append(text).Append(End).Append('\n');
        }

        return prompt.Append(Start).Append(ChatRole.Assistant.Value).Append('\n').ToString();
    }

    // Roles are compared without case; the model knows one spelling.
    private static string Name(ChatRole role) =>
        role == ChatRole.System ? ChatRole.System.Value
        : role == ChatRole.Assistant ? ChatRole.Assistant.Value
        : role == ChatRole.User ? ChatRole.User.Value
        : role.Value;
}
