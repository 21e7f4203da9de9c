using System.Security.Cryptography;
using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Fingerprints;

/// <summary>T = ⟨R, s⟩ / ‖R‖ for a fixed residual R and any carrier s. Thread-safe as long as R is not written to.</summary>
internal readonly struct EvidenceStatistic : IKeyStatistic
{
    private const double Log10E = 0.43429448190325182765;

    // log10 of 2^-128. A key that was drawn at random is the right one with this probability, so no test of a key says more.
    internal const double Log10LeastPValue = -38.531839444989586;

    private readonly double[] _residual;
    private readonly double _norm;
    private readonly ulong _firstBlock;

    public EvidenceStatistic(double[] residual, ulong firstBlock = 0)
    {
        _residual = residual;
        _firstBlock = firstBlock;
        _norm = Math.Sqrt(EvidenceRow.Dot(residual, residual));
    }

    /// <summary>The largest T that any signs could give: ‖R‖₁ / ‖R‖.</summary>
    public double Largest
    {
        get
        {
            double sum = 0;
            foreach (double value in _residual)
            {
                sum += Math.Abs(value);
            }

            return _norm > 0 ? sum / _norm : 0;
        }
    }

    /// <summary>The decimal logarithm of Hoeffding's bound exp(−T²/2), at least 2⁻¹²⁸, for T &gt; 0; else of 1.</summary>
    public static double Log10Hoeffding(double statistic) =>
        statistic > 0 ? Math.Max(-0.5 * statistic * statistic * Log10E, Log10LeastPValue) : 0;

    /// <summary>The decimal logarithm of P(Z ≥ T) for a standard normal Z, at least 2⁻¹²⁸.</summary>
    public static double Log10Normal(double statistic) => Math.Max(NormalTail.Log10(statistic), Log10LeastPValue);

    /// <summary>T for a licensee's key.</summary>
    public double Of(CarrierKey key)
    {
        key.ExpandStatic(out AesKeySchedule schedule);
        return OfAndClear(ref schedule);
    }

    /// <summary>T for a licensee whose key is derived for the purpose and cleared.</summary>
    public double Of(FingerprintKey key, FingerprintSubject subject)
    {
        Span<byte> derived = stackalloc byte[CarrierKey.Size];
        try
        {
            key.Derive(subject, derived);
            AesKeySchedule.Expand(derived, out AesKeySchedule schedule);
            return OfAndClear(ref schedule);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    private double OfAndClear(ref AesKeySchedule schedule)
    {
        try
        {
            return _norm > 0 ? CarrierCorrelation.Inner(_residual, in schedule, _firstBlock) / _norm : 0;
        }
        finally
        {
            schedule.Clear();
        }
    }
}
