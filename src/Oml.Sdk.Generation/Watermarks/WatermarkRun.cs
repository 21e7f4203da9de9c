namespace Oml.Sdk.Generation.Watermarks;

/// <summary>Marks the choices of one text. Not thread-safe.</summary>
internal abstract class WatermarkRun : IDisposable
{
    /// <summary>Marks the model's logits, before they are shaped.</summary>
    public virtual void Bias(Span<float> logits, ReadOnlySpan<int> tokens)
    {
    }

    /// <summary>Marks what temperature, top-k and top-p left, as the last step before the draw.</summary>
    /// <param name="scores">The scores of the candidates.</param>
    /// <param name="candidates">Their tokens; empty if there is a score for every token.</param>
    /// <param name="generated">The text so far without the prompt.</param>
    public virtual void Tournament(Span<float> scores, ReadOnlySpan<int> candidates, ReadOnlySpan<int> generated)
    {
    }

    public abstract void Dispose();
}
