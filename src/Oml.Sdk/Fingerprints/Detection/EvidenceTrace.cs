using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Oml.Sdk.Fingerprints;

/// <summary>Goes through the licensees, in parallel.</summary>
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
        Check(candidates);
        double[] statistics = new double[candidates.Length];
        int done = 0;
        try
        {
            Parallel.ForEach(
                Partitioner.Create(0, candidates.Length, Batch),
                new ParallelOptions { CancellationToken = cancellationToken },
                range =>
                {
                    for (int i = range.Item1; i < range.Item2; i++)
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        statistics[i] = statistic.Of(key, new FingerprintSubject(model, candidates[i]));
                    }

                    progress?.Report(Interlocked.Add(ref done, range.Item2 - range.Item1));
                });
        }
        catch (AggregateException e) when (e.InnerException is ObjectDisposedException or OperationCanceledException)
        {
            // One cause, seen by several workers: the caller gets it as it would from a loop.
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerException);
        }

        return new TraceResult(
            Rank(candidates, statistics, options.MaxRanked),
            candidates.Length,
            options.FalseAccusationRate,
            Correct(EvidenceStatistic.Log10Hoeffding(statistic.Largest), candidates.Length),
            evidence.Rows,
            evidence.SkippedRows);
    }

    private static void Check(ulong[] candidates)
    {
        if (candidates.Length == 0)
        {
            throw new ArgumentException("A trace needs at least one candidate.", nameof(candidates));
        }

        HashSet<ulong> seen = new(candidates.Length);
        foreach (ulong candidate in candidates)
        {
            if (!seen.Add(candidate))
            {
                throw new ArgumentException(
                    $"The candidate {candidate} comes twice; the correction for their number needs each once.", nameof(candidates));
            }
        }
    }

    private static ImmutableArray<TraceCandidate> Rank(ulong[] candidates, double[] statistics, int most)
    {
        double[] order = Array.ConvertAll(statistics, static t => -t);
        int[] index = [.. Enumerable.Range(0, order.Length)];
        Array.Sort(order, index);
        return [.. index.Take(most).Select(i =>
        {
            double log10 = EvidenceStatistic.Log10Hoeffding(statistics[i]);
            return new TraceCandidate(candidates[i], statistics[i], log10, Correct(log10, candidates.Length));
        })];
    }

    // Bonferroni: min(1, N·p).
    private static double Correct(double log10, int candidates) => Math.Min(0, log10 + Math.Log10(candidates));
}
