using Microsoft.ML.OnnxRuntime;
using Oml.Sdk.Benchmarks.Harness;

namespace Oml.Sdk.Benchmarks.Tokens;

/// <summary>The command <c>tokens</c>: what metering, choosing and marking a token cost; what is found of the marks, and what they change.</summary>
internal static class TokenComparison
{
    // In the order of the report.
    private static readonly (string Name, Action<BenchReport, TinyGpt2> Add)[] Parts =
    [
        ("times", TokenTimes.Add),
        ("processors", (report, _) => ProcessorTimes.Add(report)),
        ("detection", DetectionStudy.Add),
        ("null", NullStudy.Add),
        ("quality", QualityStudy.Add),
    ];

    /// <summary>Runs everything, or one part.</summary>
    /// <returns>0 if every budget is kept, else 1; 2 if the model or the part is not there.</returns>
    public static int Run(string? part = null)
    {
        if (TinyGpt2.Path is null)
        {
            Console.Error.WriteLine("The model tiny-gpt2/past.onnx is not here: set OML_TEST_DATA to the folder that holds it.");
            return 2;
        }

        if (part is not null && Parts.All(known => known.Name != part))
        {
            Console.Error.WriteLine($"The parts are {string.Join(", ", Parts.Select(known => known.Name))}.");
            return 2;
        }

        Console.WriteLine($"ONNX Runtime {OrtEnv.Instance().GetVersionString()}, one thread, .NET {Environment.Version}");
        using TinyGpt2 model = TinyGpt2.Load();
        BenchReport report = new();
        foreach ((_, Action<BenchReport, TinyGpt2> add) in Parts.Where(known => part is null || known.Name == part))
        {
            add(report, model);
        }

        return report.Finish("tokens");
    }
}
