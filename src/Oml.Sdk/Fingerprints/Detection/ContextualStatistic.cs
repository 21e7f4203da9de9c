using System.Security.Cryptography;
using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Fingerprints;

/// <summary>T for rows of which a key chooses the elements that follow their context (docs/spec/fingerprint.md §14). Thread-safe.</summary>
internal sealed class ContextualStatistic : IKeyStatistic
{
    private readonly (ulong Context, double[] Sum)[] _contexts;
    private readonly double[] _total;
    private readonly double[] _power;
    private readonly int _threshold;
    private readonly long _residuals;

    // What the elements that follow no context count: less the more their sums over rows agree, as they are then one sign each. It depends on the
    // evidence alone, so the bound holds.
    private readonly double _weight;

    /// <param name="contexts">The sum of the residuals of each context.</param>
    /// <param name="rowLength">Elements of a row.</param>
    /// <param name="threshold">The share of the elements that follow their context, in 256ths.</param>
    public ContextualStatistic(IReadOnlyDictionary<ulong, double[]> contexts, int rowLength, int threshold)
    {
        _contexts = [.. contexts.Select(pair => (pair.Key, pair.Value))];
        _threshold = threshold;
        _total = new double[rowLength];
        _power = new double[rowLength];
        foreach ((_, double[] sum) in _contexts)
        {
            for (int i = 0; i < rowLength; i++)
            {
                _total[i] += sum[i];
                _power[i] += sum[i] * sum[i];
                _residuals += sum[i] != 0 ? 1 : 0;
            }
        }

        double together = EvidenceRow.Dot(_total, _total);
        _weight = together > 0 ? Math.Min(1, _power.Sum() / together) : 1;
    }

    /// <summary>
    /// A bound on T for any key. Cauchy and Schwarz: |Σ x| ≤ √n · √Σ x² for n numbers that are not 0, and each element has one sign for all contexts
    /// or one for each.
    /// </summary>
    public double Largest => Math.Sqrt(_residuals);

    public double Of(CarrierKey key)
    {
        key.ExpandStatic(out AesKeySchedule fixedKey);
        key.ExpandContextual(out AesKeySchedule contextKey);
        return OfAndClear(ref fixedKey, ref contextKey);
    }

    public double Of(FingerprintKey key, FingerprintSubject subject)
    {
        Span<byte> derived = stackalloc byte[CarrierKey.Size];
        try
        {
            key.Derive(subject, derived);
            AesKeySchedule.Expand(derived, out AesKeySchedule fixedKey);
            AesKeySchedule.Expand(derived[AesKeySchedule.KeySize..], out AesKeySchedule contextKey);
            return OfAndClear(ref fixedKey, ref contextKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    private double OfAndClear(ref AesKeySchedule fixedKey, ref AesKeySchedule contextKey)
    {
        try
        {
            return Of(in fixedKey, in contextKey);
        }
        finally
        {
            fixedKey.Clear();
            contextKey.Clear();
        }
    }

    private double Of(ref readonly AesKeySchedule fixedKey, ref readonly AesKeySchedule contextKey)
    {
        const int piece = IAesBlocks.Bytes * 8;
        Span<byte> choice = stackalloc byte[IAesBlocks.Bytes];
        Span<byte> signs = stackalloc byte[IAesBlocks.Bytes];
        double inner = 0;
        double power = 0;
        for (int start = 0; start < _total.Length; start += piece)
        {
            int count = Math.Min(piece, _total.Length - start);
            ContextualCarrier.FillChoice(in contextKey, _threshold, start / 8, choice);
            CarrierKeystream.Fill(in fixedKey, (ulong)start / 128, signs, KernelDispatch.Aes);
            for (int i = 0; i < count; i++)
            {
                bool follows = IsSet(choice, i);
                double total = _weight * _total[start + i];
                power += follows ? _power[start + i] : total * total;
                inner += follows ? 0 : IsSet(signs, i) ? -total : total;
            }

            foreach ((ulong context, double[] sum) in _contexts)
            {
                ContextualCarrier.FillContext(in contextKey, context, (ulong)start / 128, signs);
                for (int i = 0; i < count; i++)
                {
                    double value = sum[start + i];
                    inner += !IsSet(choice, i) ? 0 : IsSet(signs, i) ? -value : value;
                }
            }
        }

        return power > 0 ? inner / Math.Sqrt(power) : 0;
    }

    private static bool IsSet(ReadOnlySpan<byte> bits, int index) => ((bits[index >> 3] >> (index & 7)) & 1) != 0;
}
