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
        double[] order = Array.ConvertAll(statistics, static t => -t);
        int[] index = [.. Enumerable.Range(0, order.Length)];
        Array.Sort(order, index);
        return [.. index.Take(most).Select(i =>
        {
            double log10 = EvidenceStatistic.Log10Hoeffding(statistics[i]);
            return new TraceCandidate(candidates[i], statistics[i], log10, CandidateSweep.Correct(log10, candidates.Length));
        })];
    }
}
