namespace Oml.Sdk.Generation.Sampling;

/// <summary>The largest of many logits, sorted. Not thread-safe; its memory is used again.</summary>
/// <remarks>A heap of the k largest so far, its least on top, which nearly every logit of a long row is below.</remarks>
internal sealed class LargestLogits
{
    private float[] _values = [];
    private int[] _tokens = [];

    /// <summary>The logits that were found, the largest first, to be written to.</summary>
    public Span<float> Values(int count) => _values.AsSpan(0, count);

    /// <summary>The token of each.</summary>
    public Span<int> Tokens(int count) => _tokens.AsSpan(0, count);

    /// <summary>Finds the largest.</summary>
    /// <param name="logits">The logits; without NaN.</param>
    /// <param name="most">How many, at least 1. Those that are −∞ are left out.</param>
    /// <returns>How many there are.</returns>
    public int Find(ReadOnlySpan<float> logits, int most)
    {
        most = Math.Min(most, logits.Length);
        if (_values.Length < most)
        {
            _values = new float[most];
            _tokens = new int[most];
        }

        int count = 0;
        float least = float.NegativeInfinity;
        for (int token = 0; token < logits.Length; token++)
        {
            float value = logits[token];
            if (!(value > least))
            {
                continue;
            }

            if (count < most)
            {
                (_values[count], _tokens[count]) = (value, token);
                SiftUp(count++);
            }
            else
            {
                (_values[0], _tokens[0]) = (value, token);
                SiftDown(count);
            }

            least = count == most ? _values[0] : least;
        }

        // Sorting is ascending.
        Array.Sort(_values, _tokens, 0, count);
        _values.AsSpan(0, count).Reverse();
        _tokens.AsSpan(0, count).Reverse();
        return count;
    }

    private void SiftUp(int place)
    {
        while (place > 0 && _values[(place - 1) / 2] > _values[place])
        {
            Swap(place, (place - 1) / 2);
            place = (place - 1) / 2;
        }
    }

    private void SiftDown(int count)
    {
        int place = 0;
        while (true)
        {
            int child = (2 * place) + 1;
            if (child >= count)
            {
                return;
            }

            child += child + 1 < count && _values[child + 1] < _values[child] ? 1 : 0;
            if (_values[place] <= _values[child])
            {
                return;
            }

            Swap(place, child);
            place = child;
        }
    }

    private void Swap(int a, int b)
    {
        (_values[a], _values[b]) = (_values[b], _values[a]);
        (_tokens[a], _tokens[b]) = (_tokens[b], _tokens[a]);
    }
}
