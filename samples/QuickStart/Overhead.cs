using System.Diagnostics;
using Oml.Sdk;
using Oml.Sdk.Inference;
using Oml.Sdk.OnnxRuntime;

namespace QuickStart;

/// <summary>Measures the protected model against the bare backend, in turn, so that both meet the same machine.</summary>
internal static class Overhead
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);

    /// <returns>Median microseconds of one bare and of one protected inference, and the median of the ratios of pairs.</returns>
    public static async Task<(double Bare, double Protected, double Ratio)> MeasureAsync(
        OnnxRuntimeBackend bare, OmlSession session, InferenceInputs inputs)
    {
        List<double> bareTimes = [], protectedTimes = [], ratios = [];
        int calls = await CallsPerBatchAsync(bare, inputs);
        long start = Stopwatch.GetTimestamp();
        while (ratios.Count < 20 || Stopwatch.GetElapsedTime(start) < Duration)
        {
            bool bareFirst = ratios.Count % 2 == 0;
            double bareTime = bareFirst ? await TimeAsync(calls, () => bare.InferAsync(inputs)) : 0;
            double protectedTime = await TimeAsync(calls, () => session.InferAsync(inputs));
            bareTime = bareFirst ? bareTime : await TimeAsync(calls, () => bare.InferAsync(inputs));
            bareTimes.Add(bareTime);
            protectedTimes.Add(protectedTime);
            ratios.Add(protectedTime / bareTime);
        }

        return (Median(bareTimes), Median(protectedTimes), Median(ratios));
    }

    // Batches of about 5 ms: long against the clock, short against whatever else the machine does.
    private static async Task<int> CallsPerBatchAsync(OnnxRuntimeBackend bare, InferenceInputs inputs)
    {
        await TimeAsync(50, () => bare.InferAsync(inputs));
        double once = await TimeAsync(50, () => bare.InferAsync(inputs));
        return (int)Math.Clamp(5_000 / once, 1, 1_000);
    }

    private static async Task<double> TimeAsync(int calls, Func<ValueTask<InferenceOutputs>> infer)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < calls; i++)
        {
            (await infer()).Dispose();
        }

        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / calls;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
