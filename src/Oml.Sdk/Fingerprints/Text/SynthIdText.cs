using System.Buffers;
using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Fingerprints.Text;

/// <summary>A text, made ready to be tested against any number of keys. Thread-safe.</summary>
internal sealed class SynthIdText : ITracedText
{
    private readonly SynthIdSettings _settings;
    private readonly ulong[] _hashes;
    private readonly ulong _power;

    public SynthIdText(ReadOnlySpan<int> tokens, SynthIdSettings settings, string parameterName)
    {
        TokenWindows.CheckTokens(tokens, int.MaxValue, parameterName);
        _settings = settings;
        _power = GValues.Power(settings.NgramLength);
        Length = tokens.Length;
        RecentContexts contexts = new(settings.ContextHistory);
        HashSet<ulong> seen = [];
        List<ulong> hashes = [];
        for (int end = settings.NgramLength; end <= tokens.Length; end++)
        {
            ulong hash = 0;
            foreach (int token in tokens[(end - settings.NgramLength)..(end - 1)])
            {
                hash = GValues.Add(hash, (ulong)token);
            }

            // As the processor leaves out contexts that it remembers. Beyond its memory an n-gram may come again, with the same g-values; so may
            // another of the same hash, which can be searched for without a key.
            bool isMarked = contexts.Add(hash);
            hash = GValues.Add(hash, (ulong)tokens[end - 1]);
            if (isMarked && seen.Add(hash))
            {
                hashes.Add(hash);
            }
        }

        _hashes = [.. hashes];
    }

    public int Tokens => _hashes.Length;

    public int Length { get; }

    // Every g-value 1; shared coins only add to the variance.
    public double StrongestPossibleLog10PValue =>
        EvidenceStatistic.Log10Hoeffding(_settings.Weights.Sum() * Tokens / Math.Sqrt(Math.Max(1, IndependentVariance)));

    public TextDetectionResult Test(ReadOnlySpan<byte> textKey)
    {
        using SynthIdKeys keys = SynthIdKeys.Create(textKey, _settings);
        return Test(keys);
    }

    /// <summary>Adds up the weights of g-values of 1, less those of 0.</summary>
    public TextDetectionResult Test(SynthIdKeys keys)
    {
        if (_hashes.Length == 0)
        {
            return TextDetectionResult.Nothing(Length);
        }

        ulong[] hashes = ArrayPool<ulong>.Shared.Rent(_hashes.Length);
        ulong[] bits = ArrayPool<ulong>.Shared.Rent(_hashes.Length);
        try
        {
            // A hash is linear in what it begins with.
            ulong offset = keys.InitialHash * _power;
            for (int i = 0; i < _hashes.Length; i++)
            {
                hashes[i] = _hashes[i] + offset;
            }

            Span<ulong> used = hashes.AsSpan(0, _hashes.Length);
            keys.Fill(used, bits.AsSpan(0, used.Length));
            double agreement = Agreement(bits.AsSpan(0, used.Length));
            return Judge(agreement, _settings.Table is null ? IndependentVariance : TableVariance(used, keys));
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(hashes);
            ArrayPool<ulong>.Shared.Return(bits);
        }
    }

    private double IndependentVariance => _settings.Weights.Sum(w => w * w) * Tokens;

    private double Agreement(ReadOnlySpan<ulong> bits)
    {
        double sum = 0;
        for (int layer = 0; layer < _settings.Depth; layer++)
        {
            int ones = 0;
            foreach (ulong value in bits)
            {
                ones += (int)(value >> layer) & 1;
            }

            sum += _settings.Weights[layer] * ((2 * ones) - bits.Length);
        }

        return sum;
    }

    // N-grams and layers share the coins of a table: ‖W‖² for the weight W that each coin has in all.
    private double TableVariance(ReadOnlySpan<ulong> hashes, SynthIdKeys keys)
    {
        double[] weights = ArrayPool<double>.Shared.Rent(SynthIdTable.Size);
        try
        {
            Span<double> coins = weights.AsSpan(0, SynthIdTable.Size);
            coins.Clear();
            foreach (ulong hash in hashes)
            {
                for (int layer = 0; layer < _settings.Depth; layer++)
                {
                    coins[keys.TableIndex(hash, layer)] += _settings.Weights[layer];
                }
            }

            double sum = 0;
            foreach (double weight in coins)
            {
                sum += weight * weight;
            }

            return sum;
        }
        finally
        {
            ArrayPool<double>.Shared.Return(weights);
        }
    }

    private TextDetectionResult Judge(double agreement, double variance)
    {
        double statistic = agreement / Math.Sqrt(variance);
        double share = 0.5 + (0.5 * agreement / (_settings.Weights.Sum() * Tokens));
        return new TextDetectionResult(
            statistic, share, EvidenceStatistic.Log10Hoeffding(statistic), EvidenceStatistic.Log10Normal(statistic), Tokens, Length - Tokens);
    }
}
