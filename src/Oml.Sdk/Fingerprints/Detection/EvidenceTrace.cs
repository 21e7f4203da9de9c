using System.Collections.Immutable;

namespace Oml.Sdk.Fingerprints;

/// <summary>Tests evidence against the licensees.</summary>
internal static class EvidenceTrace
{
    private const int Batch = 256;

    public static TraceResult Run(
        FingerprintEvidence evidence,
        EvidenceStatistic statistic,
        FingerprintKey key,
        ModelId model,
        ulong[] candidates,
        TraceOptions options,
        IProgress<int>? progress,
        CancellationToken cancellationToken)
    {
        CandidateSweep.Check(candidates);
        double[] statistics = new double[candidates.Length];
        CandidateSweep.Run(
            candidates.Length,
            Batch,
            i => statistics[i] = statistic.Of(key, new FingerprintSubject(model, candidates[i])),
            progress,
            cancellationToken);
        return new TraceResult(
            Rank(candidates, statistics, options.MaxRanked),
            candidates.Length,
            options.FalseAccusationRate,
            CandidateSweep.Correct(EvidenceStatistic.Log10Hoeffding(statistic.Largest), candidates.Length),
            evidence.Rows,
            evidence.SkippedRows);
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
