using System.Text;
using Microsoft.Extensions.AI;

namespace Oml.Sdk.Extensions.AI.Chat;

/// <summary>Names before texts.</summary>
internal sealed class PlainTemplate : IChatTemplate
{
    // A model without conversations in its training goes on writing the user's part too.
    public IReadOnlyList<string> StopStrings { get; } = ["\nUser:"];

    public string Format(IReadOnlyList<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        StringBuilder prompt = new();
        foreach (ChatMessage message in messages)
        {
            _ = message.Role == ChatRole.System ? prompt.Append(message.Text).Append("\n\n")
                : message.Role == ChatRole.Assistant ? prompt.Append("Assistant: ").Append(message.Text).Append('\n')
                : prompt.Append("User: ").Append(message.Text).Append('\n');
        }

        return prompt.Append("Assistant:").ToString();
    }
}
