using Oml.Sdk.Generation;

namespace Oml.Sdk.Extensions.AI;

/// <summary>How a chat client works. Read when the client is made; later changes have no effect on it. Not thread-safe.</summary>
public sealed class OmlChatClientOptions
{
    /// <summary>How a conversation is written for the model.</summary>
    /// <value>The default value is <see cref="ChatTemplate.Plain"/>; a model that was trained on conversations needs the one it was trained on.</value>
    public IChatTemplate Template { get; set; } = ChatTemplate.Plain;

    /// <summary>How texts are generated where a request does not say: its options replace these one by one, and stop strings are added.</summary>
    /// <value>The defaults of <see cref="GenerationOptions"/>.</value>
    public GenerationOptions Generation { get; set; } = new();

    /// <summary>The name that the client gives the model in responses.</summary>
    /// <value>The default value is null: the model's id in hexadecimal digits.</value>
    public string? ModelId { get; set; }

    /// <summary>Where responses have their time from.</summary>
    /// <value>The default value is <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
