namespace Oml.Sdk.Generation;

/// <summary>Why a text ended.</summary>
public enum GenerationFinishReason
{
    /// <summary>The model chose one of the stop tokens, which is the last token and has no text.</summary>
    StopToken = 1,

    /// <summary>One of the stop strings came; it and what follows are not in the text.</summary>
    StopString = 2,

    /// <summary>As many tokens as were asked for.</summary>
    MaxNewTokens = 3,

    /// <summary>Prompt and text fill the model's context.</summary>
    ContextFull = 4,
}
