namespace Oml.Sdk.Generation.Sampling;

/// <summary>Makes tokens that came before less likely (Keskar et al. 2019). Not thread-safe.</summary>
/// <param name="penalty">1 for nothing.</param>
internal sealed class RepetitionPenalty(float penalty)
{
    private readonly HashSet<int> _seen = [];
    private int _read;

    /// <summary>Changes the logits of the tokens of a text, each once. The text has grown since the last call, if there was one.</summary>
    public void Apply(Span<float> logits, ReadOnlySpan<int> tokens)
    {
        if (penalty == 1)
        {
            return;
        }

        foreach (int token in tokens[_read..])
        {
            _seen.Add(token);
        }

        _read = tokens.Length;
        foreach (int token in _seen)
        {
            if ((uint)token < (uint)logits.Length)
            {
                logits[token] = Penalise(logits[token]);
            }
        }
    }

    // An extreme penalty makes no number infinite: the rest would be no distribution.
    private float Penalise(float logit)
    {
        float penalised = logit < 0 ? logit * penalty : logit / penalty;
        return float.IsFinite(logit) ? Math.Clamp(penalised, float.MinValue, float.MaxValue) : penalised;
    }
}
