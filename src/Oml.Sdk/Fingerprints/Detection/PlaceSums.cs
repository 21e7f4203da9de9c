namespace Oml.Sdk.Fingerprints;

/// <summary>Sums for samples with a sign for each place.</summary>
internal sealed class PlaceSums(int sampleLength) : RelativeSums
{
    private readonly double[] _sums = new double[sampleLength];
    private readonly int[] _counts = new int[sampleLength];

    public override long Signs => _counts.LongCount(count => count > 0);

    public override void Add(int place, float reference, double residual)
    {
        _sums[place] += residual;
        _counts[place]++;
    }

    public override IKeyStatistic Finish()
    {
        double mean = _sums.Sum() / _counts.Sum(count => (double)count);
        double[] residual = new double[_sums.Length];
        for (int i = 0; i < residual.Length; i++)
        {
            residual[i] = _sums[i] - (_counts[i] * mean);
        }

        return new EvidenceStatistic(residual);
    }
}
