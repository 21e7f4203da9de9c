using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Fingerprints;

/// <summary>Collects samples of a suspect's values and tests whose <see cref="RelativeFingerprint"/> they carry.</summary>
/// <remarks>
/// <para>The unmarked values must be known. A residual is by what part a value differs from the clean one; what all of them have in common, such as another
/// scale, is taken out, and none counts as more than <see cref="Limit"/>: bring a suspect that answers in other units to those of the clean model first,
/// or all residuals are cut alike and say nothing. Residuals that noise makes worthless, as rounding does those of small values, count less.
/// docs/spec/fingerprint.md §13.</para>
/// <para>The p-value is Hoeffding's bound as in <see cref="FingerprintEvidence"/>, under the same condition: a number of samples that was decided
/// beforehand. Not thread-safe while samples are added; <see cref="Detect"/> and <see cref="Trace"/> only read.</para>
/// </remarks>
public sealed class RelativeEvidence
{
    /// <summary>The largest part by which a value is taken to differ.</summary>
    public const double Limit = 0.1;

    private readonly RelativeSums _sums;

    /// <summary>Starts empty.</summary>
    /// <param name="sampleLength">How many values a sample has; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sampleLength"/> is less than 1.</exception>
    public RelativeEvidence(int sampleLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleLength, 1);
        SampleLength = sampleLength;
        _sums = sampleLength < CarrierLayout.BlockElements ? new ValueSums() : new PlaceSums(sampleLength);
    }

    /// <summary>R, for samples of a sign for each place.</summary>
    internal double[] Residuals => ((PlaceSums)_sums).Residuals();

    /// <summary>How many values a sample has.</summary>
    public int SampleLength { get; }

    /// <summary>Samples that were added and used.</summary>
    public long Samples { get; private set; }

    /// <summary>Samples that were added and could not be used: NaN, an infinity, or nothing but zeros.</summary>
    public long SkippedSamples { get; private set; }

    /// <summary>How many independent signs the samples have shown. With fewer than about 2·ln(N/α) nobody among N can be named at the rate α.</summary>
    public long Signs => _sums.Signs;

    /// <summary>Adds a sample whose unmarked values are known.</summary>
    /// <param name="suspect">What the suspect answered.</param>
    /// <param name="reference">What the clean model answers to the same input.</param>
    /// <returns>False if it was skipped.</returns>
    /// <exception cref="ArgumentException">One has another length than <see cref="SampleLength"/>.</exception>
    public bool AddInformed(ReadOnlySpan<float> suspect, ReadOnlySpan<float> reference)
    {
        CheckLength(suspect, nameof(suspect));
        CheckLength(reference, nameof(reference));
        bool used = false;
        for (int i = 0; i < suspect.Length; i++)
        {
            if (!float.IsFinite(suspect[i]) || !float.IsFinite(reference[i]))
            {
                used = false;
                break;
            }

            used |= reference[i] != 0;
        }

        if (!used)
        {
            SkippedSamples++;
            return false;
        }

        _sums.Add(suspect, reference);
        Samples++;
        return true;
    }

    /// <summary>Tests one licensee, chosen beforehand.</summary>
    /// <param name="key">The licensee's key.</param>
    /// <returns>The statistic and its p-values.</returns>
    /// <exception cref="InvalidOperationException">No sample was used yet.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public DetectionResult Detect(CarrierKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        CheckSamples();
        double statistic = _sums.Finish().Of(key);
        return new DetectionResult(
            statistic, EvidenceStatistic.Log10Hoeffding(statistic), EvidenceStatistic.Log10Normal(statistic), Samples, SkippedSamples, SampleLength);
    }

    /// <summary>Tests every licensee of a model and ranks them.</summary>
    /// <param name="key">The publisher's key.</param>
    /// <param name="model">The model that was marked.</param>
    /// <param name="candidates">The fingerprint ids of the licensees, at least one, each once.</param>
    /// <param name="options">How to judge; null for the defaults.</param>
    /// <param name="progress">Told now and then how many candidates were tested, from any thread; null for nobody.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The ranking and whom to accuse.</returns>
    /// <exception cref="ArgumentException">There is no candidate, or one comes twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">No sample was used yet.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public TraceResult Trace(
        FingerprintKey key,
        ModelId model,
        IEnumerable<ulong> candidates,
        TraceOptions? options = null,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(candidates);
        options ??= new TraceOptions();
        options.Validate(nameof(options));
        CheckSamples();
        IKeyStatistic statistic = _sums.Finish();
        return EvidenceTrace.Run(
            id => statistic.Of(key, new FingerprintSubject(model, id)),
            statistic.Largest,
            Samples,
            SkippedSamples,
            [.. candidates],
            options,
            progress,
            cancellationToken);
    }

    private void CheckSamples()
    {
        if (Samples == 0)
        {
            throw new InvalidOperationException(
                $"There is no evidence to test: no usable sample was added ({SkippedSamples} were skipped as not finite or zero).");
        }
    }

    private void CheckLength(ReadOnlySpan<float> sample, string parameterName)
    {
        if (sample.Length != SampleLength)
        {
            throw new ArgumentException($"A sample of this evidence has {SampleLength} values; got {sample.Length}.", parameterName);
        }
    }
}
