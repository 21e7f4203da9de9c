using System.Security.Cryptography;
using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Fingerprints;

/// <summary>T = 2·Σ X·(c − share)/‖X‖ over coins c (docs/spec/fingerprint.md §12). Thread-safe.</summary>
internal sealed class LabelStatistic : IKeyStatistic
{
    private readonly (ulong Context, double Excess)[] _coins;
    private readonly double _share;
    private readonly uint _threshold;
    private readonly double _scale;

    /// <param name="coins">How many more runner-ups than usual came where each coin was thrown.</param>
    /// <param name="share">With which probability a coin says to answer so.</param>
    public LabelStatistic((ulong Context, double Excess)[] coins, double share)
    {
        _coins = coins;
        _share = share;
        _threshold = CloseCall.ThresholdOf(share);
        double norm = Math.Sqrt(coins.Sum(coin => coin.Excess * coin.Excess));
        _scale = norm > 0 ? 2 / norm : 0;
        Largest = _scale * coins.Sum(coin => coin.Excess > 0 ? coin.Excess * (1 - share) : -coin.Excess * share);
    }

    public double Largest { get; }

    public double Of(CarrierKey key)
    {
        key.ExpandContextual(out AesKeySchedule schedule);
        return OfAndClear(ref schedule);
    }

    public double Of(FingerprintKey key, FingerprintSubject subject)
    {
        Span<byte> derived = stackalloc byte[CarrierKey.Size];
        try
        {
            key.Derive(subject, derived);
            AesKeySchedule.Expand(derived[AesKeySchedule.KeySize..], out AesKeySchedule schedule);
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
            double sum = 0;
            foreach ((ulong context, double excess) in _coins)
            {
                sum += excess * ((CloseCall.Coin(in schedule, context) < _threshold ? 1 : 0) - _share);
            }

            return _scale * sum;
        }
        finally
        {
            schedule.Clear();
        }
    }
}
