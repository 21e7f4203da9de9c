using System.Numerics;
using System.Runtime.InteropServices;

namespace Oml.Sdk.Generation.Sampling;

/// <summary>The largest of many logits, sorted. Not thread-safe; its memory is used again.</summary>
/// <remarks>A heap of the k largest so far, its least on top, which nearly every logit of a long row is below: they are passed over a vector at a time.</remarks>
internal sealed class LargestLogits
{
    private static readonly int Step = 4 * Vector<float>.Count;

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
        int start = 0;
        while (start < logits.Length)
        {
            start += CountBelow(logits[start..], least);
            int end = Math.Min(start + Step, logits.Length);
            Take(logits[start..end], start, most, ref count, ref least);
            start = end;
        }

        // Sorting is ascending.
        Array.Sort(_values, _tokens, 0, count);
        _values.AsSpan(0, count).Reverse();
        _tokens.AsSpan(0, count).Reverse();
        return count;
    }

    // How many at the beginning, in whole steps, are not above the least.
    private static int CountBelow(ReadOnlySpan<float> logits, float least)
    {
        Vector<float> bound = new(least);
        int i = 0;
        for (; i <= logits.Length - Step; i += Step)
        {
            ReadOnlySpan<Vector<float>> four = MemoryMarshal.Cast<float, Vector<float>>(logits.Slice(i, Step));
            if (Vector.GreaterThanAny(Vector.Max(Vector.Max(four[0], four[1]), Vector.Max(four[2], four[3])), bound))
            {
                break;
            }
        }

        return i;
    }

    private void Take(ReadOnlySpan<float> some, int start, int most, ref int count, ref float least)
    {
        for (int i = 0; i < some.Length; i++)
        {
            if (!(some[i] > least))
            {
                continue;
            }

            if (count < most)
            {
                (_values[count], _tokens[count]) = (some[i], start + i);
                SiftUp(count++);
            }
            else
            {
                (_values[0], _tokens[0]) = (some[i], start + i);
                SiftDown(count);
            }

            least = count == most ? _values[0] : least;
        }
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
