using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Fingerprints;

/// <summary>Collects rows of a suspect's output and tests whose mark they carry, where a share of the signs followed the context of each row.</summary>
/// <remarks>
/// <para>For marks with <see cref="LogitFingerprintOptions.ContextualShare"/> above 0. The unmarked row must be known, as it says what the context was;
/// elements that follow no context add up over all rows, those that do over rows of one context. docs/spec/fingerprint.md §14.</para>
/// <para>The p-value is Hoeffding's bound as in <see cref="FingerprintEvidence"/>, for the norm that the key under test gives the evidence; it is valid
/// under the same condition, a number of rows that was decided beforehand. Every row is kept, 8 bytes an element, and a candidate of a trace costs V
/// additions for every context. Not thread-safe while rows are added; <see cref="Detect"/> and <see cref="Trace"/> only read.</para>
/// </remarks>
public sealed class ContextualEvidence
{
    /// <summary>The most numbers that are kept: 2²⁷, in a GiB.</summary>
    public const long MaxElements = 1L << 27;

    private readonly Dictionary<ulong, double[]> _contexts = [];
    private readonly double[] _row;
    private readonly int _threshold;

    /// <summary>Starts empty.</summary>
    /// <param name="rowLength">V, the number of elements of a row; at least 128.</param>
    /// <param name="contextualShare">What <see cref="LogitFingerprintOptions.ContextualShare"/> was; above 0, at most 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public ContextualEvidence(int rowLength, double contextualShare)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rowLength, CarrierLayout.BlockElements);
        if (!(contextualShare > 0 && contextualShare <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(contextualShare), contextualShare, "The share is above 0 and at most 1.");
        }

        RowLength = rowLength;
        ContextualShare = contextualShare;
        _threshold = ContextualCarrier.ThresholdOf(contextualShare);
        _row = new double[rowLength];
    }

    /// <summary>V, the number of elements of a row.</summary>
    public int RowLength { get; }

    /// <summary>The share of the elements whose signs follow the context.</summary>
    public double ContextualShare { get; }

    /// <summary>How many contexts the rows had. Rows of one context repeat each other.</summary>
    public int Contexts => _contexts.Count;

    /// <summary>Rows that were added and used.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows that were added and could not be used: NaN, an infinity, or constant.</summary>
    public long SkippedRows { get; private set; }

    /// <summary>Adds a row whose unmarked counterpart is known.</summary>
    /// <param name="suspectRow">What the suspect answered, V elements.</param>
    /// <param name="referenceRow">What the clean model answers, V elements.</param>
    /// <returns>False if the row was skipped.</returns>
    /// <exception cref="ArgumentException">A row has another length.</exception>
    /// <exception cref="InvalidOperationException">There are <see cref="MaxElements"/> already.</exception>
    public bool AddInformed(ReadOnlySpan<float> suspectRow, ReadOnlySpan<float> referenceRow)
    {
        CheckLength(suspectRow, nameof(suspectRow));
        CheckLength(referenceRow, nameof(referenceRow));
        if (!EvidenceRow.TryInformed(suspectRow, referenceRow, _row) || !RowContext.TryFind(referenceRow, out RowContext context))
        {
            SkippedRows++;
            return false;
        }

        if (!_contexts.TryGetValue(context.Number, out double[]? sum))
        {
            if ((_contexts.Count + 1L) * RowLength > MaxElements)
            {
                throw new InvalidOperationException($"The evidence holds {_contexts.Count} contexts of {RowLength} elements; more than {MaxElements} numbers are not kept.");
            }

            _contexts.Add(context.Number, sum = new double[RowLength]);
        }

        Rows++;
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] += _row[i];
        }

        return true;
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
        double statistic = new ContextualStatistic(_contexts, RowLength, _threshold).Of(key);
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
        ContextualStatistic statistic = new(_contexts, RowLength, _threshold);
        return EvidenceTrace.Run(
            id => statistic.Of(key, new FingerprintSubject(model, id)), statistic.Largest, Rows, SkippedRows, [.. candidates], options, progress, cancellationToken);
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
