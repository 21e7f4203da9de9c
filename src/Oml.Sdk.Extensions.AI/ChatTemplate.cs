using Oml.Sdk.Extensions.AI.Chat;

namespace Oml.Sdk.Extensions.AI;

/// <summary>The usual templates. Thread-safe.</summary>
public static class ChatTemplate
{
    /// <summary>
    /// Names before texts (<c>User: …</c>, <c>Assistant:</c>), what a system message says above all as it is: for models that were not
    /// trained on conversations.
    /// </summary>
    /// <remarks>
    /// It has no marks that a text could not hold: a message can pretend to be several. Use a template with marks, such as
    /// <see cref="ChatML"/>, where users write messages and the model knows the marks.
    /// </remarks>
    public static IChatTemplate Plain { get; } = new PlainTemplate();

    /// <summary>
    /// ChatML: each message between <c>&lt;|im_start|&gt;</c>, its role, a line feed, and <c>&lt;|im_end|&gt;</c>, a line feed.
    /// </summary>
    /// <remarks>
    /// The form is that of the models that were trained on it (OpenAI's ChatML of 2023; Qwen and others). Texts are not trimmed. A
    /// message that holds one of the two marks is refused, as it could go on in another's name.
    /// </remarks>
    public static IChatTemplate ChatML { get; } = new ChatMLTemplate();
}
