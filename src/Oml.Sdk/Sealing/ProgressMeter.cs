namespace Oml.Sdk.Sealing;

/// <summary>Adds up what threads have done, and reports it a few times a second.</summary>
internal sealed class ProgressMeter(IProgress<SealProgress>? progress, long? total)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly long _start = TimeProvider.System.GetTimestamp();
    private long _done;
    private long _reported;

    public void Add(long bytes)
    {
        long done = Interlocked.Add(ref _done, bytes);
        if (progress is null)
        {
            return;
        }

        long last = Volatile.Read(ref _reported);
        TimeSpan elapsed = TimeProvider.System.GetElapsedTime(_start);
        if (elapsed.Ticks - last >= Interval.Ticks && Interlocked.CompareExchange(ref _reported, elapsed.Ticks, last) == last)
        {
            Report(done, elapsed);
        }
    }

    /// <summary>Reports the end.</summary>
    public void Finish()
    {
        if (progress is not null)
        {
            Report(Volatile.Read(ref _done), TimeProvider.System.GetElapsedTime(_start));
        }
    }

    private void Report(long done, TimeSpan elapsed) =>
        progress!.Report(new SealProgress(done, total, done / Math.Max(elapsed.TotalSeconds, 1e-9)));
}
