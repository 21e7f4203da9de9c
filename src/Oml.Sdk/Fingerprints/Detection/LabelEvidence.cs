using System.Runtime.InteropServices;
using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Fingerprints;

/// <summary>Collects a suspect's labels and tests whose <see cref="LabelFingerprint"/> they carry.</summary>
/// <remarks>
/// <para>Only answers that are a close call for the clean model count; the suspect's is the best or the second class there, or it is skipped. The p-value is
/// Hoeffding's bound, valid for any choice of inputs that was made beforehand. docs/spec/fingerprint.md §12.</para>
/// <para>Not thread-safe while labels are added; <see cref="Detect"/> and <see cref="Trace"/> only read.</para>
/// </remarks>
public sealed class LabelEvidence
{
    private readonly Dictionary<ulong, (long Seconds, long Rows)> _contexts = [];
    private readonly float _margin;
    private readonly double _share;
    private long _seconds;

    /// <summary>Starts empty.</summary>
    /// <param name="classes">How many classes there are; 3 to 2²⁰.</param>
    /// <param name="options">What the mark was made with; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public LabelEvidence(int classes, LabelFingerprintOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 3);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, LabelFingerprint.MaxClasses);
        options ??= new LabelFingerprintOptions();
        options.Validate(nameof(options));
        Classes = classes;
        _margin = (float)options.MaxMargin;
        _share = options.Share;
    }

    /// <summary>How many classes there are.</summary>
    public int Classes { get; }

    /// <summary>Answers that were added and used.</summary>
    public long Rows { get; private set; }

    /// <summary>Answers that were added and could not be used: no close call for the clean model, or neither of its two best classes.</summary>
    public long SkippedRows { get; private set; }

    /// <summary>How many coins the answers have shown: with n of them no p-value is less than about exp(−n/2).</summary>
    public int Coins => _contexts.Count;

    /// <summary>Adds an answer.</summary>
    /// <param name="suspectLabel">The class that the suspect named, from 0.</param>
    /// <param name="referenceRow">The scores of the clean model for the same input.</param>
    /// <returns>False if it was skipped.</returns>
    /// <exception cref="ArgumentException">The row has another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public bool Add(int suspectLabel, ReadOnlySpan<float> referenceRow)
    {
        if (referenceRow.Length != Classes)
        {
            throw new ArgumentException($"A row of this evidence has {Classes} elements; got {referenceRow.Length}.", nameof(referenceRow));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(suspectLabel);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(suspectLabel, Classes);
        if (!RowScan.TryMax(referenceRow, out _)
            || !CloseCall.TryFind(referenceRow, _margin, out CloseCall call)
            || (suspectLabel != call.Best && suspectLabel != call.Second))
        {
            SkippedRows++;
            return false;
        }

        int second = suspectLabel == call.Second ? 1 : 0;
        ref (long Seconds, long Rows) context = ref CollectionsMarshal.GetValueRefOrAddDefault(_contexts, call.Context, out _);
        context = (context.Seconds + second, context.Rows + 1);
        _seconds += second;
        Rows++;
        return true;
    }

    /// <summary>Tests one licensee, chosen beforehand.</summary>
    /// <param name="key">The licensee's key.</param>
    /// <returns>The statistic and its p-values; of these the approximation by the normal distribution is a poor one for few coins.</returns>
    /// <exception cref="InvalidOperationException">No answer was used yet.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public DetectionResult Detect(CarrierKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        double statistic = Statistic().Of(key);
        return new DetectionResult(
            statistic, EvidenceStatistic.Log10Hoeffding(statistic), EvidenceStatistic.Log10Normal(statistic), Rows, SkippedRows, Classes);
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
    /// <exception cref="InvalidOperationException">No answer was used yet.</exception>
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
        LabelStatistic statistic = Statistic();
        return EvidenceTrace.Run(
            id => statistic.Of(key, new FingerprintSubject(model, id)), statistic.Largest, Rows, SkippedRows, [.. candidates], options, progress, cancellationToken);
    }

    private LabelStatistic Statistic()
    {
        if (Rows == 0)
        {
            throw new InvalidOperationException(
                $"There is no evidence to test: no usable answer was added ({SkippedRows} were no close call, or neither of the two best classes).");
        }

        // Less the share of runner-ups among all: a suspect that answers so now and then, for reasons of its own, says nothing by that.
        double mean = (double)_seconds / Rows;
        return new LabelStatistic([.. _contexts.Select(pair => (pair.Key, pair.Value.Seconds - (pair.Value.Rows * mean)))], _share);
    }
}
