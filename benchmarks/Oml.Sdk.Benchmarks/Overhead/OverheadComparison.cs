using Microsoft.ML.OnnxRuntime;
using Oml.Sdk.Benchmarks.Harness;

namespace Oml.Sdk.Benchmarks.Overhead;

/// <summary>The command <c>overhead</c>: what permission, metering and fingerprint cost over the bare runtime.</summary>
internal static class OverheadComparison
{
    // All three models and the hot path together stay well under two minutes.
    private static readonly TimeSpan PerModel = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan HotPathTime = TimeSpan.FromSeconds(4);

    /// <summary>Runs everything, in less than two minutes.</summary>
    /// <returns>0 if every budget is kept, else 1.</returns>
    public static int Run()
    {
        Console.WriteLine($"ONNX Runtime {OrtEnv.Instance().GetVersionString()}, one thread, .NET {Environment.Version}");
        BenchReport report = new();
        FacadeAlone(report);
        foreach (BenchmarkModel model in BenchmarkModel.All)
        {
            OverModel(report, model);
        }

        return report.Finish("overhead");
    }

    private static void FacadeAlone(BenchReport report)
    {
        using HotPath path = new();
        PairedRatio hot = PairedRatio.Measure(path.Session, path.Backend, HotPathTime);
        report.Add("session hot path, less a backend that does nothing", hot.First - hot.Second, "ns", 250);
        report.Add("session hot path, allocated", path.AllocatedBytes(), "B", 0);
    }

    private static void OverModel(BenchReport report, BenchmarkModel model)
    {
        using BareModel bare = new(model);
        using ProtectedModel marked = new(model, bare, fingerprint: true);
        using ProtectedModel permitted = new(model, bare, fingerprint: false);
        PairedRatio whole = PairedRatio.Measure(marked.Infer, bare.Infer, PerModel);
        PairedRatio without = PairedRatio.Measure(permitted.Infer, bare.Infer, PerModel / 2);
        report.Add($"{model.Name}: overhead, permitted and fingerprinted", 100 * (whole.Ratio - 1), "%", 100 * model.Target);
        report.Add($"{model.Name}: overhead, permitted only", 100 * (without.Ratio - 1), "%");
        report.Add($"{model.Name}: bare run", whole.Second / 1000, "µs");
        report.Add($"{model.Name}: allocated beyond the bare run", AllocatedBytes(marked.Infer) - AllocatedBytes(bare.Infer), "B");
    }

    private static double AllocatedBytes(Action<int> infer)
    {
        const int calls = 100;
        infer(calls);
        long before = GC.GetAllocatedBytesForCurrentThread();
        infer(calls);
        return Math.Floor((GC.GetAllocatedBytesForCurrentThread() - before) / (double)calls);
    }
}
