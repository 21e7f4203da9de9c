using System.Diagnostics;
using Oml.Sdk.Benchmarks.Harness;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>How many rows it takes to find a mark, how sure one may be of it, and what it does to the accuracy of real models.</summary>
internal static class PowerComparison
{
    private static readonly long Start = Stopwatch.GetTimestamp();

    // In the order of the report.
    private static readonly (string Name, Action<BenchReport, string> Add)[] Parts =
    [
        ("trace", (report, _) => TraceOfMany.Run(report, RowSource.Synthetic(1000, 5))),
        ("rows", RowPictures.DrawSynthetic),
        ("distortion", DistortionPictures.Draw),
        ("students", StudentStudy.Run),
        ("coalitions", CoalitionStudy.Run),
        ("null", NullTrials.Run),
        ("real", RunReal),
        ("kinds", KindStudy.Run),
    ];

    /// <summary>Runs everything, or one part, and writes the pictures to <c>artifacts/bench/power</c>.</summary>
    /// <returns>0 if every bound is kept, else 1; 2 if there is no such part.</returns>
    public static int Run(string? part = null)
    {
        if (part is not null && Parts.All(known => known.Name != part))
        {
            Console.Error.WriteLine($"The parts are {string.Join(", ", Parts.Select(known => known.Name))}.");
            return 2;
        }

        BenchReport report = new();
        string folder = Path.Combine(BenchReport.Root(), "artifacts", "bench", "power");
        Directory.CreateDirectory(folder);
        foreach ((_, Action<BenchReport, string> add) in Parts.Where(known => part is null || known.Name == part))
        {
            add(report, folder);
        }

        Tell("done");
        return report.Finish("power");
    }

    /// <summary>Says what comes next, and how long it took so far.</summary>
    public static void Tell(string what) => Console.WriteLine($"{Stopwatch.GetElapsedTime(Start).TotalSeconds,6:0.0} s  {what}");

    private static void RunReal(BenchReport report, string folder)
    {
        if (RealModels.TryRun() is not { } models)
        {
            Tell("no real models: set OML_TEST_DATA to the folder that holds them");
            return;
        }

        foreach (RowSource source in models.Sources)
        {
            TraceOfMany.Run(report, source);
        }

        RowPictures.DrawReal(report, models, folder);
        AccuracyComparison.Run(report, models);
    }
}
