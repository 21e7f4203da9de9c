using System.Diagnostics;

namespace Oml.Sdk.Benchmarks.Harness;

/// <summary>Times two actions in turn, so that whatever else the machine does hits both alike, and compares pair by pair.</summary>
/// <param name="Ratio">The median over pairs of the time of A divided by the time of B.</param>
/// <param name="First">The median time of one call of A in nanoseconds.</param>
/// <param name="Second">The median time of one call of B in nanoseconds.</param>
/// <param name="Pairs">Pairs that were timed.</param>
internal readonly record struct PairedRatio(double Ratio, double First, double Second, int Pairs)
{
    private const int WarmUpPairs = 40;
    private const double WarmUpMicroseconds = 2_000;

    // Long enough for the clock, short enough that a disturbance spoils few batches.
    private const double BatchMicroseconds = 50;

    /// <summary>Compares two actions.</summary>
    /// <param name="first">A: makes the given number of calls.</param>
    /// <param name="second">B: the same.</param>
    /// <param name="duration">About how long to measure.</param>
    /// <param name="prepare">Runs before every batch, outside the time; null for nothing.</param>
    /// <param name="mostCalls">Calls of a batch at most: as many as what <paramref name="prepare"/> makes is good for.</param>
    public static PairedRatio Measure(
        Action<int> first, Action<int> second, TimeSpan duration, Action? prepare = null, int mostCalls = 100_000)
    {
        // Background compilation replaces the first versions after some thirty calls; wait for it.
        int warmUpCalls = (int)Math.Clamp(WarmUpMicroseconds * 1000 / Time(second, 1, prepare), 1, 40);
        for (int i = 0; i < WarmUpPairs; i++)
        {
            Time(first, warmUpCalls, prepare);
            Time(second, warmUpCalls, prepare);
            Thread.Sleep(10);
        }

        int firstCalls = CallsPerBatch(first, prepare, mostCalls);
        int secondCalls = CallsPerBatch(second, prepare, mostCalls);
        List<double> ratios = [], firsts = [], seconds = [];
        long start = Stopwatch.GetTimestamp();
        while (ratios.Count < 200 || Stopwatch.GetElapsedTime(start) < duration)
        {
            // Who goes first changes from pair to pair: the second finds other caches than the first.
            bool swap = ratios.Count % 2 == 1;
            double b = swap ? Time(second, secondCalls, prepare) : 0;
            double a = Time(first, firstCalls, prepare);
            b = swap ? b : Time(second, secondCalls, prepare);
            firsts.Add(a);
            seconds.Add(b);
            ratios.Add(a / b);
        }

        return new PairedRatio(Median(ratios), Median(firsts), Median(seconds), ratios.Count);
    }

    /// <summary>Compares two actions that take a good part of a second: a call is a batch.</summary>
    /// <param name="first">A.</param>
    /// <param name="second">B.</param>
    /// <param name="pairs">How many pairs to time, after one that is thrown away.</param>
    public static PairedRatio MeasureLong(Action first, Action second, int pairs)
    {
        List<double> ratios = [], firsts = [], seconds = [];
        for (int i = -1; i < pairs; i++)
        {
            bool swap = (i & 1) == 1;
            double b = swap ? Time(_ => second(), 1, null) : 0;
            double a = Time(_ => first(), 1, null);
            b = swap ? b : Time(_ => second(), 1, null);
            if (i >= 0)
            {
                firsts.Add(a);
                seconds.Add(b);
                ratios.Add(a / b);
            }
        }

        return new PairedRatio(Median(ratios), Median(firsts), Median(seconds), ratios.Count);
    }

    private static int CallsPerBatch(Action<int> action, Action? prepare, int mostCalls)
    {
        double once = Enumerable.Range(0, 9).Min(_ => Time(action, 1, prepare));
        return (int)Math.Clamp(BatchMicroseconds * 1000 / once, 1, mostCalls);
    }

    private static double Time(Action<int> action, int calls, Action? prepare)
    {
        prepare?.Invoke();
        long start = Stopwatch.GetTimestamp();
        action(calls);
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / calls;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
