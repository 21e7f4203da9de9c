using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Oml.Sdk.Fingerprints.Text;

/// <summary>The probabilities of the candidates of one choice, from their scores and back. Not thread-safe; its memory is used again.</summary>
internal sealed class CandidateDistribution
{
    private const int Step = Tournament.Step;

    // Padding, so that nothing has a tail: so far below every score that its weight is 0.
    private const float Nothing = float.MinValue;

    private float[] _scores = [];
    private double[] _probabilities = [];
    private int[] _places = [];
    private bool _isWhole;

    /// <summary>How many candidates there are.</summary>
    public int Count { get; private set; }

    /// <summary>Their probabilities, and zeros up to a multiple of <see cref="Tournament.Step"/>.</summary>
    public Span<double> Probabilities => _probabilities.AsSpan(0, Padded(Count));

    /// <summary>The least multiple of <see cref="Tournament.Step"/> that is not less.</summary>
    public static int Padded(int count) => (count + Step - 1) / Step * Step;

    /// <summary>Where a candidate is among the scores.</summary>
    public int PlaceOf(int candidate) => _isWhole ? candidate : _places[candidate];

    /// <summary>Takes the softmax of what is not forbidden.</summary>
    /// <param name="scores">The scores.</param>
    /// <param name="entropy">The entropy in bits.</param>
    /// <returns>False, and there are no candidates, if everything is forbidden or the scores hold NaN or +∞.</returns>
    public bool TryRead(ReadOnlySpan<float> scores, out double entropy)
    {
        entropy = 0;
        (float least, float most) = Range(scores);
        if (!float.IsFinite(most))
        {
            Count = 0;
            return false;
        }

        Reserve(scores.Length);
        _isWhole = least > float.NegativeInfinity;
        Count = _isWhole ? scores.Length : Compact(scores);
        if (_isWhole)
        {
            scores.CopyTo(_scores);
        }

        _scores.AsSpan(Count, Padded(Count) - Count).Fill(Nothing);
        entropy = Normalize(most);
        return true;
    }

    /// <summary>Writes the logarithms of the probabilities over the scores; −∞ for what was forbidden.</summary>
    public void Write(Span<float> scores)
    {
        ref double probability = ref MemoryMarshal.GetArrayDataReference(_probabilities);
        ref float score = ref MemoryMarshal.GetArrayDataReference(_scores);
        for (int i = 0; i < Count; i += Step)
        {
            Vector256<double> low = Vector256.Log(Vector256.LoadUnsafe(ref probability, (nuint)i));
            Vector256<double> high = Vector256.Log(Vector256.LoadUnsafe(ref probability, (nuint)i + (Step / 2)));
            Vector256.Narrow(low, high).StoreUnsafe(ref score, (nuint)i);
        }

        if (_isWhole)
        {
            _scores.AsSpan(0, Count).CopyTo(scores);
            return;
        }

        scores.Fill(float.NegativeInfinity);
        for (int i = 0; i < Count; i++)
        {
            scores[_places[i]] = _scores[i];
        }
    }

    // NaN, if there is one.
    private static (float Least, float Most) Range(ReadOnlySpan<float> scores)
    {
        float least = float.PositiveInfinity, most = float.NegativeInfinity;
        int i = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            ref float first = ref MemoryMarshal.GetReference(scores);
            Vector128<float> lows = Vector128.Create(least), highs = Vector128.Create(most);
            for (; i <= scores.Length - Vector128<float>.Count; i += Vector128<float>.Count)
            {
                Vector128<float> values = Vector128.LoadUnsafe(ref first, (nuint)i);
                lows = Vector128.Min(lows, values);
                highs = Vector128.Max(highs, values);
            }

            for (int lane = 0; lane < Vector128<float>.Count; lane++)
            {
                least = Math.Min(least, lows[lane]);
                most = Math.Max(most, highs[lane]);
            }
        }

        for (; i < scores.Length; i++)
        {
            least = Math.Min(least, scores[i]);
            most = Math.Max(most, scores[i]);
        }

        return (least, most);
    }

    private int Compact(ReadOnlySpan<float> scores)
    {
        int count = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            // Written always and kept sometimes: a branch would be guessed wrong.
            _places[count] = i;
            _scores[count] = scores[i];
            count += scores[i] > float.NegativeInfinity ? 1 : 0;
        }

        return count;
    }

    // From scores to probabilities; the entropy is log Σ w − Σ w·log w / Σ w.
    private double Normalize(float most)
    {
        ref double probability = ref MemoryMarshal.GetArrayDataReference(_probabilities);
        ref float score = ref MemoryMarshal.GetArrayDataReference(_scores);
        Vector256<double> mosts = Vector256.Create((double)most);
        Vector256<double> lowTotals = default, highTotals = default, lowMoments = default, highMoments = default;
        for (int i = 0; i < Count; i += Step)
        {
            (Vector256<double> low, Vector256<double> high) = Vector256.Widen(Vector256.LoadUnsafe(ref score, (nuint)i));
            low -= mosts;
            high -= mosts;
            Vector256<double> lowWeight = Vector256.Exp(low);
            Vector256<double> highWeight = Vector256.Exp(high);
            lowWeight.StoreUnsafe(ref probability, (nuint)i);
            highWeight.StoreUnsafe(ref probability, (nuint)i + (Step / 2));
            lowTotals += lowWeight;
            highTotals += highWeight;
            lowMoments += lowWeight * low;
            highMoments += highWeight * high;
        }

        double total = Vector256.Sum(lowTotals) + Vector256.Sum(highTotals);
        Vector256<double> divisor = Vector256.Create(total);
        for (int i = 0; i < Count; i += Step / 2)
        {
            (Vector256.LoadUnsafe(ref probability, (nuint)i) / divisor).StoreUnsafe(ref probability, (nuint)i);
        }

        double moment = Vector256.Sum(lowMoments) + Vector256.Sum(highMoments);
        return Math.Max(0, Math.Log2(total) - (moment / total * Math.Log2(Math.E)));
    }

    private void Reserve(int count)
    {
        if (_places.Length < count)
        {
            _scores = new float[Padded(count)];
            _probabilities = new double[Padded(count)];
            _places = new int[count];
        }
    }
}
