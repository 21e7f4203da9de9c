using System.Collections.Concurrent;

namespace Oml.Sdk.Fingerprints;

/// <summary>Goes through the candidates of a trace, in parallel.</summary>
internal static class CandidateSweep
{
    /// <summary>Refuses a list without candidates, or with one that comes twice.</summary>
    public static void Check(ulong[] candidates)
    {
        if (candidates.Length == 0)
        {
            throw new ArgumentException("A trace needs at least one candidate.", nameof(candidates));
        }

        // Numbers that rise differ; a set is for those that do not.
        bool rises = true;
        for (int i = 1; i < candidates.Length && rises; i++)
        {
            rises = candidates[i] > candidates[i - 1];
        }

        if (rises)
        {
            return;
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

    /// <summary>Tests each once.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="batch">How many between two reports.</param>
    /// <param name="test">Called with each number below <paramref name="count"/>, from any thread.</param>
    /// <param name="progress">Told how many were tested; null for nobody.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static void Run(int count, int batch, Action<int> test, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        int done = 0;
        try
        {
            Parallel.ForEach(
                Partitioner.Create(0, count, batch),
                new ParallelOptions { CancellationToken = cancellationToken },
                range =>
                {
                    for (int i = range.Item1; i < range.Item2; i++)
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        test(i);
                    }

                    progress?.Report(Interlocked.Add(ref done, range.Item2 - range.Item1));
                });
        }
        catch (AggregateException e) when (e.InnerException is ObjectDisposedException or OperationCanceledException)
        {
            // One cause, seen by several workers: the caller gets it as it would from a loop.
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerException);
        }
    }

    /// <summary>Bonferroni: min(1, N·p), as a decimal logarithm.</summary>
    public static double Correct(double log10, int candidates) => Math.Min(0, log10 + Math.Log10(candidates));
}
