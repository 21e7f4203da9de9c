using System.Numerics;
using System.Runtime.InteropServices;

namespace Oml.Sdk.Fingerprints.Text;

/// <summary>How a text agrees with the keys of a table variant of SynthID-Text: with every key there is, and so how often with a random one.</summary>
/// <remarks>
/// Of a key only 16 bits a layer matter. So what a layer can add is computed for each of the 65,536 values, and the agreement of a random key
/// is a sum of independent terms of known distribution. Chernoff's bound of its tail holds for every text, also for one that is full of another
/// key's coins, some of whose layers a random key may have as its own. Thread-safe.
/// </remarks>
internal sealed class TableTail
{
    // Exponents of Chernoff's bound, each a tenth more than the one before: the best of them is near enough to the best of all.
    private const int Exponents = 128;
    private const double FirstExponent = 0.05;
    private const double Growth = 1.1;

    private readonly int[] _sums;
    private readonly double[] _weights;
    private readonly double _mean;
    private readonly double _deviation;
    private readonly double[] _exponents = new double[Exponents];
    private readonly double[] _cumulants = new double[Exponents];

    public TableTail(SynthIdWindows windows, byte[] table, double[] weights)
    {
        _weights = weights;
        _sums = Sums(SynthIdKeys.FirstIndices(windows), table);
        Dictionary<int, int> counts = [];
        foreach (int sum in _sums)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(counts, sum, out _)++;
        }

        double mean = _sums.Average(sum => (double)sum);
        _mean = mean * weights.Sum();
        _deviation = Math.Sqrt(_sums.Average(sum => (sum - mean) * (sum - mean)) * weights.Sum(w => w * w));
        Largest = counts.Keys.Max() * weights.Sum();
        if (_deviation > 0)
        {
            FillCumulants([.. counts.Keys.Select(sum => (double)sum)], [.. counts.Values.Select(count => (double)count / SynthIdTable.Size)]);
        }
    }

    /// <summary>The largest agreement that any key could have.</summary>
    public double Largest { get; }

    /// <summary>The weights of the g-values of 1, less those of 0.</summary>
    public double Agreement(SynthIdKeys keys) => keys.Agreement(_sums, _weights);

    /// <summary>By how many standard deviations, over random keys, an agreement is above their mean.</summary>
    public double Statistic(double agreement) => _deviation > 0 ? (agreement - _mean) / _deviation : 0;

    /// <summary>The decimal logarithm of a bound of the chance that a random key agrees as well or better; at least 2⁻¹²⁸.</summary>
    public double Log10PValue(double agreement)
    {
        double least = 0;
        for (int i = 0; i < Exponents; i++)
        {
            least = Math.Min(least, _cumulants[i] - (_exponents[i] * agreement));
        }

        return Math.Max(least * Math.Log10(Math.E), EvidenceStatistic.Log10LeastPValue);
    }

    // What a layer of each key value sees: coins of 1, less those of 0.
    private static int[] Sums(ushort[] first, byte[] table)
    {
        int[] sums = new int[SynthIdTable.Size];
        byte[] ones = new byte[SynthIdTable.Size];
        byte[] twice = [.. table, .. table];
        for (int done = 0; done < first.Length; done += byte.MaxValue)
        {
            Array.Clear(ones);
            foreach (ushort index in first.AsSpan(done, Math.Min(byte.MaxValue, first.Length - done)))
            {
                Add(twice.AsSpan(index, SynthIdTable.Size), ones);
            }

            for (int i = 0; i < sums.Length; i++)
            {
                sums[i] += 2 * ones[i];
            }
        }

        foreach (ref int sum in sums.AsSpan())
        {
            sum -= first.Length;
        }

        return sums;
    }

    private static void Add(ReadOnlySpan<byte> values, Span<byte> sums)
    {
        ReadOnlySpan<Vector<byte>> source = MemoryMarshal.Cast<byte, Vector<byte>>(values);
        Span<Vector<byte>> target = MemoryMarshal.Cast<byte, Vector<byte>>(sums);
        for (int i = 0; i < target.Length; i++)
        {
            target[i] += source[i];
        }
    }

    // The logarithm of the mean of exp(x·agreement) over random keys, for each exponent x.
    private void FillCumulants(double[] values, double[] shares)
    {
        double exponent = FirstExponent / _deviation;
        double largest = values.Max();
        for (int i = 0; i < Exponents; i++, exponent *= Growth)
        {
            _exponents[i] = exponent;
            foreach (double weight in _weights)
            {
                double scale = exponent * weight;
                double mean = 0;
                for (int k = 0; k < values.Length; k++)
                {
                    mean += shares[k] * Math.Exp(scale * (values[k] - largest));
                }

                _cumulants[i] += Math.Log(mean) + (scale * largest);
            }
        }
    }
}
