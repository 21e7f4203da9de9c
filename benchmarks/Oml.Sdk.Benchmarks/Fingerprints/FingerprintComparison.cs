using System.Diagnostics;
using Oml.Sdk.Benchmarks.Harness;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Benchmarks.Fingerprints;

/// <summary>What marking outputs of every kind costs, and how long it takes to trace one of a million licensees.</summary>
internal static class FingerprintComparison
{
    private const int Licensees = 1_000_000;
    private const int Rows = 10;
    private const ulong Guilty = 654_321;

    private static readonly ModelId Model = ModelId.Compute("model"u8);

    public static int Run()
    {
        BenchReport report = new();

        // Always the same: what a row becomes under marks on marks depends on their signs.
        using FingerprintKey key = FingerprintKey.Import([.. Enumerable.Range(1, FingerprintKey.Size).Select(i => (byte)i)]);
        EmbedTimes.Add(report, key);
        AddTrace(report, key, 1000);
        return report.Finish("fingerprints");
    }

    private static void AddTrace(BenchReport report, FingerprintKey key, int length)
    {
        using IFingerprintEmbedder embedder = new LogitFingerprint(key).Create(new FingerprintSubject(Model, Guilty));
        FingerprintEvidence evidence = new(length);
        Random random = new(1);
        for (int row = 0; row < Rows; row++)
        {
            float[] clean = [.. Enumerable.Range(0, length).Select(_ => 3 * (float)BenchRows.Normal(random))];
            float[] marked = [.. clean];
            embedder.Embed(OutputTensor.Create("logits", marked, 1, length));

            // What a suspect may do to them: round to two decimals.
            evidence.AddInformed([.. marked.Select(z => MathF.Round(z * 100) / 100)], clean);
        }

        ulong[] candidates = [.. Enumerable.Range(1, Licensees).Select(id => (ulong)id)];
        TraceResult result = evidence.Trace(key, Model, candidates);
        List<double> seconds = [];
        for (int i = 0; i < 3; i++)
        {
            long start = Stopwatch.GetTimestamp();
            result = evidence.Trace(key, Model, candidates);
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        seconds.Sort();
        report.Add($"trace 1,000,000 licensees, {length} classes, {Environment.ProcessorCount} processors", seconds[1], "s", 1);
        report.Add($"  licensee found from {Rows} rows (1 if so)", result.Accused == Guilty ? 1 : 0, "");
        report.Add("  corrected p-value, log10", result.Ranked[0].Log10CorrectedPValue, "", -9);
    }
}
