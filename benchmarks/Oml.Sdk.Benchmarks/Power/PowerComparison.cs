using System.Diagnostics;
using Oml.Sdk.Benchmarks.Harness;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>How many rows it takes to find a mark, how sure one may be of it, and what it does to the accuracy of real models.</summary>
internal static class PowerComparison
{
    private static readonly long Start = Stopwatch.GetTimestamp();

    /// <summary>Runs everything, and writes the pictures.</summary>
    /// <returns>0 if every bound is kept, else 1.</returns>
    public static int Run()
    {
        BenchReport report = new();
        string folder = Path.Combine(BenchReport.Root(), "docs", "benchmarks", "amd-epyc-zen4", "power");
        Directory.CreateDirectory(folder);
        TraceOfMany.Run(report, RowSource.Synthetic(1000, 5));
        RowPictures.DrawSynthetic(report, folder);
        DistortionPictures.Draw(report, folder);
        StudentStudy.Run(report, folder);
        CoalitionStudy.Run(report, folder);
        NullTrials.Run(report, folder);
        AccuracyComparison.RunEmbeddings(report);
        if (RealModels.TryRun() is { } models)
        {
            foreach (RowSource source in models.Sources)
            {
                TraceOfMany.Run(report, source);
            }

            RowPictures.DrawReal(report, models, folder);
            AccuracyComparison.Run(report, models);
        }
        else
        {
            Tell("no real models: set OML_TEST_DATA to the folder that holds them");
        }

        Tell("done");
        return report.Finish("power");
    }

    /// <summary>Says what comes next, and how long it took so far.</summary>
    public static void Tell(string what) => Console.WriteLine($"{Stopwatch.GetElapsedTime(Start).TotalSeconds,6:0.0} s  {what}");
}
