using System.Runtime.ExceptionServices;

namespace Oml.Sdk.Sealing.Reading;

/// <summary>Runs over all segments, or huge pages, of an entry on all processors, begun in the order in which they lie in the file.</summary>
internal static class ParallelSegments
{
    public delegate void Step(EntryReader.Worker worker, long number);

    /// <exception cref="SealedModelException">A segment was refused; the first one that was found.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static Task RunAsync(EntryReader reader, Step step, CancellationToken cancellationToken) =>
        RunAsync(reader, reader.SegmentCount, step, cancellationToken);

    /// <summary>The same with so many steps.</summary>
    public static async Task RunAsync(EntryReader reader, long count, Step step, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Run run = new(reader, count, step, cancellationToken);

        // Threads of its own: it computes without a pause, and whoever waits for it may hold the threads of the pool.
        List<Task> workers = [];
        while (workers.Count < Math.Min(ReadingWorkers.Count, count))
        {
            try
            {
                workers.Add(Task.Factory.StartNew(run.Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
            }
            catch (TaskSchedulerException) when (workers.Count > 0)
            {
                // The system has no more threads. Those that run do the work, and are waited for: they write to memory that the caller frees.
                break;
            }
        }

        await Task.WhenAll(workers).ConfigureAwait(false);
        run.ThrowIfFailed();
    }

    private sealed class Run(EntryReader reader, long count, Step step, CancellationToken cancellationToken)
    {
        private long _next = -1;
        private ExceptionDispatchInfo? _first;

        public void Work()
        {
            try
            {
                using EntryReader.Worker worker = reader.CreateWorker();
                for (long number = Interlocked.Increment(ref _next); number < count; number = Interlocked.Increment(ref _next))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (Volatile.Read(ref _first) is not null)
                    {
                        return;
                    }

                    step(worker, number);
                }
            }
            catch (Exception error)
            {
                // Who fails first says why.
                Interlocked.CompareExchange(ref _first, ExceptionDispatchInfo.Capture(error), null);
            }
        }

        public void ThrowIfFailed() => _first?.Throw();
    }
}
