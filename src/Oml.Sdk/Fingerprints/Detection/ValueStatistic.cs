using System.Security.Cryptography;
using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Fingerprints;

/// <summary>T = ⟨R, s⟩ / ‖R‖ where values choose the signs. Thread-safe.</summary>
internal sealed class ValueStatistic : IKeyStatistic
{
    private const int GroupSigns = IAesBlocks.Bytes * 8;

    // By place and group of 1,024 buckets, so that the cipher runs once for each.
    private readonly (int Place, int FirstBucket, (int Within, double Residual)[] Members)[] _groups;
    private readonly double _norm;

    public ValueStatistic((int Place, int Bucket, double Residual)[] residuals)
    {
        _groups =
        [
            .. residuals
                .GroupBy(r => (r.Place, First: r.Bucket / GroupSigns * GroupSigns))
                .Select(group => (group.Key.Place, group.Key.First, group.Select(r => (r.Bucket - group.Key.First, r.Residual)).ToArray())),
        ];
        _norm = Math.Sqrt(residuals.Sum(r => r.Residual * r.Residual));
        Largest = _norm > 0 ? residuals.Sum(r => Math.Abs(r.Residual)) / _norm : 0;
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
            Span<byte> signs = stackalloc byte[IAesBlocks.Bytes];
            double inner = 0;
            foreach ((int place, int firstBucket, (int Within, double Residual)[] members) in _groups)
            {
                ValueSigns.Fill(in schedule, place, firstBucket, signs);
                foreach ((int within, double residual) in members)
                {
                    inner += ((signs[within >> 3] >> (within & 7)) & 1) == 0 ? residual : -residual;
                }
            }

            return _norm > 0 ? inner / _norm : 0;
        }
        finally
        {
            schedule.Clear();
        }
    }
}
