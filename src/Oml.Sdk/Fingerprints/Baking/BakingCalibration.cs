using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Fingerprints;

/// <summary>Measures clean rows, so that the amplitude of a baked fingerprint can be chosen.</summary>
/// <remarks>
/// A baked mark is the same for every row, so its amplitude is an absolute number: a fraction of how far the scores of a typical row lie
/// apart. Rows are logits of the clean model on inputs like those that it will see; for an output of a softmax, the logarithms of its
/// probabilities. Masked elements (docs/spec/fingerprint.md §3) are left out. Not thread-safe.
/// </remarks>
public sealed class BakingCalibration
{
    /// <summary>The default of the fraction that <see cref="AmplitudeFor"/> takes.</summary>
    public const double DefaultRelativeAmplitude = 0.03;

    private readonly List<double> _deviations = [];
    private readonly List<double> _margins = [];

    /// <summary>Rows that were measured.</summary>
    public long Rows => _deviations.Count;

    /// <summary>Rows that could not be measured: NaN, an infinity, or scores that are all equal.</summary>
    public long SkippedRows { get; private set; }

    /// <summary>Measures a row.</summary>
    /// <param name="cleanRow">What the clean model answers, 2 elements or more.</param>
    /// <returns>False if the row was skipped.</returns>
    /// <exception cref="ArgumentException">The row has fewer than 2 elements.</exception>
    public bool Add(ReadOnlySpan<float> cleanRow)
    {
        if (cleanRow.Length < 2)
        {
            throw new ArgumentException($"A row has 2 elements or more; got {cleanRow.Length}.", nameof(cleanRow));
        }

        float[] descending = cleanRow.ToArray();

        // NaN counts as the least, so the first and the last tell whether all are finite.
        descending.AsSpan().Sort((left, right) => right.CompareTo(left));
        if (!float.IsFinite(descending[0]) || !float.IsFinite(descending[^1]))
        {
            SkippedRows++;
            return false;
        }

        ReadOnlySpan<float> scores = descending.AsSpan(0, MaskRule.CountScores(descending));
        if (scores[0] == scores[^1])
        {
            SkippedRows++;
            return false;
        }

        _deviations.Add(Deviation(scores));
        _margins.Add((double)scores[0] - scores[1]);
        return true;
    }

    /// <summary>An amplitude relative to the rows.</summary>
    /// <param name="relativeAmplitude">The fraction of the median standard deviation of a row, greater than 0 and at most 1.</param>
    /// <returns>The amplitude, greater than 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is out of its range.</exception>
    /// <exception cref="InvalidOperationException">No row was measured.</exception>
    public double AmplitudeFor(double relativeAmplitude = DefaultRelativeAmplitude)
    {
        if (!(relativeAmplitude > 0 && relativeAmplitude <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(relativeAmplitude), relativeAmplitude, "The relative amplitude is greater than 0 and at most 1.");
        }

        CheckRows();
        double[] sorted = [.. _deviations.Order()];
        return relativeAmplitude * (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The share of the rows whose two largest scores are no more than two amplitudes apart. No other row changes its top-1 class.</summary>
    /// <param name="amplitude">The amplitude, greater than 0 and finite.</param>
    /// <returns>0 to 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The amplitude is out of its range.</exception>
    /// <exception cref="InvalidOperationException">No row was measured.</exception>
    public double ShareAtRisk(double amplitude)
    {
        if (!(amplitude > 0 && double.IsFinite(amplitude)))
        {
            throw new ArgumentOutOfRangeException(nameof(amplitude), amplitude, "An amplitude is greater than 0 and finite.");
        }

        CheckRows();
        return _margins.Count(margin => margin <= 2 * amplitude) / (double)_margins.Count;
    }

    private static double Deviation(ReadOnlySpan<float> scores)
    {
        double mean = 0;
        foreach (float score in scores)
        {
            mean += score / (double)scores.Length;
        }

        double power = 0;
        foreach (float score in scores)
        {
            power += (score - mean) * (score - mean);
        }

        return Math.Sqrt(power / scores.Length);
    }

    private void CheckRows()
    {
        if (Rows == 0)
        {
            throw new InvalidOperationException($"There is nothing to calibrate by: no usable row was added ({SkippedRows} were skipped).");
        }
    }
}
