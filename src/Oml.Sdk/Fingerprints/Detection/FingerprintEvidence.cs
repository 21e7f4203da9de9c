using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Fingerprints;

/// <summary>Collects rows of a suspect's output and tests whose mark they carry.</summary>
/// <remarks>
/// <para>Every row adds a residual of unit length to a sum R; rows of fewer than 128 elements are summed for each top-1 class apart, as
/// each class has signs of its own. A mark is the same signs s in every row (of a class), so it grows with the number of rows, and
/// what else is in the residuals averages out. T = ⟨R, s⟩ / ‖R‖.</para>
/// <para>The p-value is valid whatever the rows are, repeated or dependent: a key that has nothing to do with the suspect makes signs
/// that are independent of R, so Hoeffding's inequality bounds P(T ≥ t) by exp(−t²/2). It also means that T cannot exceed ‖R‖₁/‖R‖: with fewer
/// than about 2·ln(N/α) signs in all, no number of rows tells N licensees apart. There are V of them; V for each class that occurs
/// when a row has fewer than 128 elements.</para>
/// <para>That holds for a number of rows that was decided beforehand. Who adds rows until the p-value is small enough looks often, and
/// some look succeeds by chance: multiply the p-value of look k by k·(k + 1), which stays valid whenever one stops.</para>
/// <para>Outputs that were scaled, shifted or tempered need no special treatment. Elements that are masked (far below all scores,
/// docs/spec/fingerprint.md §3) are left out. Not thread-safe while rows are added; <see cref="Detect"/> and <see cref="Trace"/>
/// only read.</para>
/// </remarks>
public sealed class FingerprintEvidence
{
    // Far below the logarithm of every float above 0, which are at least -104.
    private const float NoProbability = -1e9f;

    private readonly double[] _sum;
    private readonly double[] _row;
    private readonly float[] _baseline;
    private readonly bool _isBaked;

    /// <summary>Starts empty.</summary>
    /// <param name="rowLength">V, the number of elements of a row; at least 2.</param>
    /// <param name="baseline">
    /// For <see cref="AddBlind"/>: the mean row of the unmarked model over inputs of the same kind, V finite elements that are not all
    /// equal; empty for none. What a row has in common with it, in whatever scale, is taken out.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rowLength"/> is less than 2.</exception>
    /// <exception cref="ArgumentException">The baseline has another length, holds NaN or an infinity, or is constant.</exception>
    public FingerprintEvidence(int rowLength, ReadOnlySpan<float> baseline = default)
        : this(rowLength, baseline, isBaked: false)
    {
    }

    private FingerprintEvidence(int rowLength, ReadOnlySpan<float> baseline, bool isBaked)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rowLength, 2);
        RowLength = rowLength;
        _isBaked = isBaked;
        _sum = new double[isBaked ? rowLength : CarrierLayout.StreamLength(rowLength)];
        _row = new double[rowLength];
        _baseline = baseline.ToArray();
        if (baseline.IsEmpty)
        {
            return;
        }

        CheckLength(baseline, nameof(baseline));
        if (!EvidenceRow.Varies(baseline))
        {
            throw new ArgumentException("A baseline is finite and not constant.", nameof(baseline));
        }
    }

    /// <summary>Starts empty, for a fingerprint that was baked into the model (docs/spec/fingerprint.md §10).</summary>
    /// <param name="rowLength">V, the number of elements of a row; at least 64.</param>
    /// <param name="baseline">As for the constructor.</param>
    /// <returns>Evidence to which rows are added as to any other.</returns>
    /// <remarks>
    /// For rows of 128 elements or more it is the same as what the constructor makes: those carry the same signs either way. Shorter rows
    /// carry V signs of their own when baked, whatever their class.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rowLength"/> is less than 64.</exception>
    /// <exception cref="ArgumentException">The baseline has another length, holds NaN or an infinity, or is constant.</exception>
    public static FingerprintEvidence ForBakedRows(int rowLength, ReadOnlySpan<float> baseline = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rowLength, BakedLayout.LeastRowLength);
        return new FingerprintEvidence(rowLength, baseline, isBaked: true);
    }

    /// <summary>V, the number of elements of a row.</summary>
    public int RowLength { get; }

    /// <summary>Rows that were added and used.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows that were added and could not be used: NaN, an infinity, or constant.</summary>
    public long SkippedRows { get; private set; }

    /// <summary>Adds a row whose unmarked counterpart is known: the publisher runs the clean model on the same input. The stronger way.</summary>
    /// <param name="suspectRow">What the suspect answered, V elements.</param>
    /// <param name="referenceRow">What the clean model answers, V elements.</param>
    /// <returns>False if the row was skipped.</returns>
    /// <remarks>
    /// The residual is what the best affine function of the reference leaves of the suspect. A suspect that is such a function
    /// exactly counts as a row without a mark.
    /// </remarks>
    /// <exception cref="ArgumentException">A row has another length.</exception>
    public bool AddInformed(ReadOnlySpan<float> suspectRow, ReadOnlySpan<float> referenceRow)
    {
        CheckLength(suspectRow, nameof(suspectRow));
        CheckLength(referenceRow, nameof(referenceRow));

        // The class is the reference's: marking kept it, and what else was done to the suspect may have not.
        return Count(referenceRow, EvidenceRow.TryInformed(suspectRow, referenceRow, _row));
    }

    /// <summary>Adds a row of probabilities whose unmarked counterpart is known: the logarithms are compared, as those of <see cref="ProbabilityFingerprint"/> are marked.</summary>
    /// <param name="suspectRow">What the suspect answered, V probabilities, in whatever sum.</param>
    /// <param name="referenceRow">What the clean model answers, V probabilities.</param>
    /// <returns>False if the row was skipped.</returns>
    /// <remarks>Also for marked logits that went through a softmax, of whatever temperature. Places where one of the two is not above 0 do not count.</remarks>
    /// <exception cref="ArgumentException">A row has another length.</exception>
    public bool AddInformedProbabilities(ReadOnlySpan<float> suspectRow, ReadOnlySpan<float> referenceRow)
    {
        CheckLength(suspectRow, nameof(suspectRow));
        CheckLength(referenceRow, nameof(referenceRow));
        float[] suspect = new float[RowLength];
        float[] reference = new float[RowLength];
        for (int i = 0; i < RowLength; i++)
        {
            // A mask for the judge of the row; both, so that it says nothing.
            bool counts = suspectRow[i] > 0 && referenceRow[i] > 0;
            bool isNumber = float.IsFinite(suspectRow[i]) && float.IsFinite(referenceRow[i]);
            suspect[i] = !isNumber ? float.NaN : counts ? MathF.Log(suspectRow[i]) : NoProbability;
            reference[i] = !isNumber ? float.NaN : counts ? MathF.Log(referenceRow[i]) : NoProbability;
        }

        return AddInformed(suspect, reference);
    }

    /// <summary>Adds the best few scores of a row, which are all that the suspect tells, where the unmarked row is known.</summary>
    /// <param name="classes">Their classes, 3 or more, each once.</param>
    /// <param name="scores">A score for each.</param>
    /// <param name="referenceRow">What the clean model answers, V elements.</param>
    /// <returns>False if the row was skipped.</returns>
    /// <remarks>Two of them are spent on scale and shift. A row of few classes says little: it takes many, of many classes.</remarks>
    /// <exception cref="ArgumentException">There are fewer than 3 classes, not a score for each, one that comes twice or is none, or the row has another length.</exception>
    public bool AddInformedTop(ReadOnlySpan<int> classes, ReadOnlySpan<float> scores, ReadOnlySpan<float> referenceRow)
    {
        CheckLength(referenceRow, nameof(referenceRow));
        TopClasses.Check(classes, scores, RowLength);
        return AddInformed(
            TopClasses.Spread(classes, scores, RowLength, NoProbability), TopClasses.Pick(classes, referenceRow, NoProbability));
    }

    /// <summary>Adds the best few probabilities of a row, which are all that the suspect tells, where the unmarked row is known.</summary>
    /// <param name="classes">Their classes, 3 or more, each once.</param>
    /// <param name="probabilities">A probability for each.</param>
    /// <param name="referenceRow">What the clean model answers, V probabilities.</param>
    /// <returns>False if the row was skipped.</returns>
    /// <remarks>As <see cref="AddInformedTop"/>, of logarithms. Probabilities of 0 do not count.</remarks>
    /// <exception cref="ArgumentException">There are fewer than 3 classes, not a probability for each, one that comes twice or is none, or the row has another length.</exception>
    public bool AddInformedTopProbabilities(ReadOnlySpan<int> classes, ReadOnlySpan<float> probabilities, ReadOnlySpan<float> referenceRow)
    {
        CheckLength(referenceRow, nameof(referenceRow));
        TopClasses.Check(classes, probabilities, RowLength);
        return AddInformedProbabilities(TopClasses.Spread(classes, probabilities, RowLength, 0), TopClasses.Pick(classes, referenceRow, 0));
    }

    /// <summary>Adds a row of which nothing else is known. Needs many rows, over inputs of many classes; a baseline helps.</summary>
    /// <param name="suspectRow">What the suspect answered, V elements.</param>
    /// <returns>False if the row was skipped.</returns>
    /// <remarks>
    /// The residual is the row less its mean and its share of the baseline, divided by its standard deviation and clipped to ±3. Keep
    /// informed rows and blind rows in evidence of their own: together they are valid, but blind rows drown informed ones.
    /// </remarks>
    /// <exception cref="ArgumentException">The row has another length.</exception>
    public bool AddBlind(ReadOnlySpan<float> suspectRow)
    {
        CheckLength(suspectRow, nameof(suspectRow));
        return Count(suspectRow, EvidenceRow.TryBlind(suspectRow, _baseline, _row));
    }

    /// <summary>Tests one licensee, chosen beforehand.</summary>
    /// <param name="key">The licensee's key.</param>
    /// <returns>The statistic and its p-values.</returns>
    /// <exception cref="InvalidOperationException">No row was used yet.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public DetectionResult Detect(CarrierKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        CheckRows();
        double statistic = Statistic().Of(key);
        return new DetectionResult(
            statistic, EvidenceStatistic.Log10Hoeffding(statistic), EvidenceStatistic.Log10Normal(statistic), Rows, SkippedRows, RowLength);
    }

    /// <summary>Tests every licensee of a model and ranks them.</summary>
    /// <param name="key">The publisher's key.</param>
    /// <param name="model">The model that was marked.</param>
    /// <param name="candidates">The fingerprint ids of the licensees, at least one, each once.</param>
    /// <param name="options">How to judge; null for the defaults.</param>
    /// <param name="progress">Told now and then how many candidates were tested, from any thread; null for nobody.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The ranking and whom to accuse.</returns>
    /// <remarks>Uses all processors; a candidate costs a key derivation and V additions. No key of a licensee outlives its test.</remarks>
    /// <exception cref="ArgumentException">There is no candidate, or one comes twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">No row was used yet.</exception>
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
        CheckRows();
        EvidenceStatistic statistic = Statistic();
        return EvidenceTrace.Run(
            id => statistic.Of(key, new FingerprintSubject(model, id)), statistic.Largest, Rows, SkippedRows, [.. candidates], options, progress, cancellationToken);
    }

    private EvidenceStatistic Statistic() => new(_sum, _isBaked ? BakedLayout.FirstBlock(RowLength) : 0);

    private bool Count(ReadOnlySpan<float> classRow, bool used)
    {
        if (!used)
        {
            SkippedRows++;
            return false;
        }

        Rows++;
        Span<double> sum = _sum.AsSpan(_isBaked ? 0 : CarrierLayout.OffsetOf(classRow), RowLength);
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] += _row[i];
        }

        return true;
    }

    private void CheckRows()
    {
        if (Rows == 0)
        {
            throw new InvalidOperationException(
                $"There is no evidence to test: no usable row was added ({SkippedRows} were skipped as not finite or constant).");
        }
    }

    private void CheckLength(ReadOnlySpan<float> row, string parameterName)
    {
        if (row.Length != RowLength)
        {
            throw new ArgumentException($"A row of this evidence has {RowLength} elements; got {row.Length}.", parameterName);
        }
    }
}
