using System.Buffers;

namespace Oml.Sdk.Fingerprints;

/// <summary>Sums for samples with a sign for each place.</summary>
internal sealed class PlaceSums(int sampleLength) : RelativeSums
{
    private readonly double[] _sums = new double[sampleLength];
    private readonly double[] _weights = new double[sampleLength];

    public override long Signs => _weights.LongCount(weight => weight > 0);

    public override void Add(ReadOnlySpan<float> suspect, ReadOnlySpan<float> reference)
    {
        double[] rented = ArrayPool<double>.Shared.Rent(sampleLength);
        Span<double> weights = rented.AsSpan(0, sampleLength);
        SampleWeights.Fill(suspect, reference, weights);
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] > 0)
            {
                _sums[i] += weights[i] * Residual(suspect[i], reference[i]);
                _weights[i] += weights[i];
            }
        }

        ArrayPool<double>.Shared.Return(rented);
    }

    public override IKeyStatistic Finish() => new EvidenceStatistic(Residuals());

    /// <summary>R: a number for each place.</summary>
    public double[] Residuals()
    {
        double mean = _sums.Sum() / _weights.Sum();
        double[] residual = new double[_sums.Length];
        for (int i = 0; i < residual.Length; i++)
        {
            residual[i] = _sums[i] - (_weights[i] * mean);
        }

        return residual;
    }
}
