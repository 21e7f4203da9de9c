using System.Runtime.ExceptionServices;

namespace Oml.Sdk.Sealing.Reading;

/// <summary>Runs over all segments of an entry on all processors.</summary>
internal static class ParallelSegments
{
    public delegate void Step(EntryReader.Worker worker, long segment);

    /// <exception cref="SealedModelException">A segment was refused; the first one that was found.</exception>
    public static Task RunAsync(EntryReader reader, Step step, CancellationToken cancellationToken)
    {
        // Threads of the loop's own: it computes without a pause, and does not wait.
        return Task.Run(() => Run(reader, step, cancellationToken), cancellationToken);
    }

    private static void Run(EntryReader reader, Step step, CancellationToken cancellationToken)
    {
        ParallelOptions options = new() { CancellationToken = cancellationToken, MaxDegreeOfParallelism = ReadingWorkers.Count };
        try
        {
            Parallel.For(
                0L,
                reader.SegmentCount,
                options,
                reader.CreateWorker,
                (segment, state, worker) =>
                {
                    step(worker, segment);
                    return worker;
                },
                worker => worker.Dispose());
        }
        catch (AggregateException errors)
        {
            ExceptionDispatchInfo.Throw(errors.InnerExceptions[0]);
        }
    }
}
