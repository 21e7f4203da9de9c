using System.Runtime.InteropServices;
using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Fingerprints;

/// <summary>Sums for samples whose values choose their signs.</summary>
internal sealed class ValueSums : RelativeSums
{
    private readonly Dictionary<(int Place, int Bucket), (double Sum, long Count)> _sums = [];
    private double _squares;

    public override long Signs => _sums.Count;

    public override void Add(ReadOnlySpan<float> suspect, ReadOnlySpan<float> reference)
    {
        for (int i = 0; i < reference.Length; i++)
        {
            if (reference[i] != 0)
            {
                double residual = Residual(suspect[i], reference[i]);
                ref (double Sum, long Count) sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, (i, ValueSigns.BucketOf(reference[i])), out _);
                sum = (sum.Sum + residual, sum.Count + 1);
                _squares += residual * residual;
            }
        }
    }

    public override IKeyStatistic Finish()
    {
        (double within, double between) = Variances();
        double Weight(long count) => within + between > 0 ? 1 / (within + (count * between)) : 1;

        // One sign alone has nothing to be compared with: its residual may be a scale.
        double mean = _sums.Values.Sum(sum => Weight(sum.Count) * sum.Sum) / _sums.Values.Sum(sum => Weight(sum.Count) * sum.Count);
        return new ValueStatistic(
            [.. _sums.Select(pair => (pair.Key.Place, pair.Key.Bucket, Weight(pair.Value.Count) * (pair.Value.Sum - (pair.Value.Count * mean))))]);
    }

    // How much residuals of one sign differ, which is noise, and how much those of different signs do besides. A model that gives few answers most of
    // the time would otherwise be judged by the few signs of these: without noise the thousandth residual of a sign says what the first did.
    private (double Within, double Between) Variances()
    {
        long count = _sums.Values.Sum(sum => sum.Count);
        double ofSums = _sums.Values.Sum(sum => sum.Sum * sum.Sum / sum.Count);
        double mean = _sums.Values.Sum(sum => sum.Sum) / count;
        double within = count > _sums.Count ? Math.Max(0, (_squares - ofSums) / (count - _sums.Count)) : 0;
        return (within, Math.Max(0, (_squares / count) - (mean * mean) - within));
    }
}
