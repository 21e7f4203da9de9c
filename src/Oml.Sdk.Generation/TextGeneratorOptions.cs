namespace Oml.Sdk.Generation;

/// <summary>What holds for every text of a <see cref="TextGenerator"/>.</summary>
/// <remarks>Read when the generator is made; later changes have no effect. Not thread-safe.</remarks>
public sealed class TextGeneratorOptions
{
    /// <summary>How many tokens, prompt and text, the model can take; its documentation says so, its file does not.</summary>
    /// <value>The default value is null: as many as the runtime accepts. At least 2.</value>
    public int? ContextLength { get; set; }

    /// <summary>Marks every text so that it can be traced to the licensee of the session's permission.</summary>
    /// <value>The default value is null: texts are not marked.</value>
    public TextWatermark? Watermark { get; set; }
}
