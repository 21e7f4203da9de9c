using System.Collections.Immutable;

namespace Oml.Sdk.Fingerprints;

/// <summary>Tests evidence against the licensees.</summary>
internal static class EvidenceTrace
{
    private const int Batch = 256;

    /// <summary>Tests each candidate once and ranks them.</summary>
    /// <param name="test">T of a candidate; called from any thread.</param>
    /// <param name="largest">The largest T that any key could give.</param>
    /// <param name="rows">Rows that were used.</param>
    /// <param name="skippedRows">Rows that could not be used.</param>
    /// <param name="candidates">The candidates.</param>
    /// <param name="options">How to judge.</param>
    /// <param name="progress">Told how many were tested; null for nobody.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static TraceResult Run(
        Func<ulong, double> test,
        double largest,
        long rows,
        long skippedRows,
        ulong[] candidates,
        TraceOptions options,
        IProgress<int>? progress,
        CancellationToken cancellationToken)
    {
        CandidateSweep.Check(candidates);

        // Read now: whoever hears of the progress may change them.
        double rate = options.FalseAccusationRate;
        int most = options.MaxRanked;
        double[] statistics = new double[candidates.Length];
        CandidateSweep.Run(candidates.Length, Batch, i => statistics[i] = test(candidates[i]), progress, cancellationToken);
        return new TraceResult(
            Rank(candidates, statistics, most),
            candidates.Length,
            rate,
            CandidateSweep.Correct(EvidenceStatistic.Log10Hoeffding(largest), candidates.Length),
            rows,
            skippedRows);
    }

    private static ImmutableArray<TraceCandidate> Rank(ulong[] candidates, double[] statistics, int most)
    {
        // The best ones only: sorting a million takes longer than finding ten among them.
        PriorityQueue<int, (double Statistic, int Order)> best = new();
        for (int i = 0; i < statistics.Length; i++)
        {
            if (best.Count < most)
            {
                best.Enqueue(i, (statistics[i], -i));
            }
            else if (statistics[i] > statistics[best.Peek()])
            {
                best.EnqueueDequeue(i, (statistics[i], -i));
            }
        }

        TraceCandidate[] ranked = new TraceCandidate[best.Count];
        for (int place = ranked.Length - 1; place >= 0; place--)
        {
            int i = best.Dequeue();
            double log10 = EvidenceStatistic.Log10Hoeffding(statistics[i]);
            ranked[place] = new TraceCandidate(candidates[i], statistics[i], log10, CandidateSweep.Correct(log10, candidates.Length));
        }

        return [.. ranked];
    }
}
