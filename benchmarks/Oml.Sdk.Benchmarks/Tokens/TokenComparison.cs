using Microsoft.ML.OnnxRuntime;
using Oml.Sdk.Benchmarks.Harness;

namespace Oml.Sdk.Benchmarks.Tokens;

/// <summary>The command <c>tokens</c>: what metering, choosing and marking a token cost; what is found of the marks, and what they change.</summary>
internal static class TokenComparison
{
    /// <summary>Runs everything.</summary>
    /// <returns>0 if every budget is kept, else 1; 2 if the model is not there.</returns>
    public static int Run()
    {
        using TinyGpt2? model = TinyGpt2.Load();
        if (model is null)
        {
            Console.Error.WriteLine("The model tiny-gpt2/past.onnx is not here: set OML_TEST_DATA to the folder that holds it.");
            return 2;
        }

        Console.WriteLine($"ONNX Runtime {OrtEnv.Instance().GetVersionString()}, one thread, .NET {Environment.Version}");
        BenchReport report = new();
        TokenTimes.Add(report, model);
        ProcessorTimes.Add(report);
        return report.Finish("tokens");
    }
}
