using System.Runtime.InteropServices;
using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Fingerprints;

/// <summary>Sums for samples whose values choose their signs.</summary>
internal sealed class ValueSums : RelativeSums
{
    private readonly Dictionary<(int Place, int Bucket), (double Sum, long Count)> _sums = [];

    public override long Signs => _sums.Count;

    public override void Add(int place, float reference, double residual)
    {
        ref (double Sum, long Count) sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, (place, ValueSigns.BucketOf(reference)), out _);
        sum = (sum.Sum + residual, sum.Count + 1);
    }

    public override IKeyStatistic Finish()
    {
        // One sign alone has nothing to be compared with: its residual may be a scale.
        double mean = _sums.Values.Sum(sum => sum.Sum) / _sums.Values.Sum(sum => sum.Count);
        return new ValueStatistic([.. _sums.Select(pair => (pair.Key.Place, pair.Key.Bucket, pair.Value.Sum - (pair.Value.Count * mean)))]);
    }
}
