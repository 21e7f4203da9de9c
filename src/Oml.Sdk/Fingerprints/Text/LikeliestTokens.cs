namespace Oml.Sdk.Fingerprints.Text;

/// <summary>Finds the largest logits, the lowest index first among equals. Not thread-safe.</summary>
/// <param name="most">How many.</param>
internal sealed class LikeliestTokens(int most)
{
    private readonly float[] _values = new float[most];
    private readonly int[] _tokens = new int[most];

    /// <summary>The tokens, the likeliest first; fewer than asked for if the others are NaN or forbidden (−∞). Valid until the next call.</summary>
    public ReadOnlySpan<int> Find(ReadOnlySpan<float> logits)
    {
        int count = 0;
        float least = float.NegativeInfinity;
        for (int token = 0; token < logits.Length; token++)
        {
            // False for NaN as well. Once the list is full, its last value is what must be exceeded.
            if (!(logits[token] > least))
            {
                continue;
            }

            int place = count < most ? count++ : most - 1;
            for (; place > 0 && _values[place - 1] < logits[token]; place--)
            {
                _values[place] = _values[place - 1];
                _tokens[place] = _tokens[place - 1];
            }

            _values[place] = logits[token];
            _tokens[place] = token;
            least = count == most ? _values[most - 1] : least;
        }

        return _tokens.AsSpan(0, count);
    }
}
