using Oml.Sdk.Benchmarks.Harness;
using Oml.Sdk.Fingerprints;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>Traces one of a million licensees in earnest, from ten rows.</summary>
internal static class TraceOfMany
{
    private const int Rows = 10;
    private const int Seed = 5;
    private const ulong Guilty = 654_321;

    /// <summary>Adds the corrected p-value of the licensee who is named.</summary>
    /// <param name="report">Where to.</param>
    /// <param name="source">The rows; of short ones, one of each class.</param>
    public static void Run(BenchReport report, RowSource source)
    {
        PowerComparison.Tell($"trace of 1,000,000: {source.Name}");
        using FingerprintKey key = PowerTrial.PublisherKey(Seed);
        IFingerprintEmbedderFactory factory = source.AreProbabilities ? new ProbabilityFingerprint(key) : new LogitFingerprint(key);
        using IFingerprintEmbedder embedder = factory.Create(new FingerprintSubject(PowerTrial.Model, Guilty));
        PowerCase powerCase = new("", source.AreProbabilities ? EvidenceKind.Probabilities : EvidenceKind.Informed);
        FingerprintEvidence evidence = new(source.Length);
        Random random = new(Seed);
        IEnumerable<float[]> rows = source.Draw(random);
        foreach (float[] clean in (source.Length < 128 ? rows.DistinctBy(row => Array.IndexOf(row, row.Max())) : rows).Take(Rows))
        {
            PowerTrial.Add(evidence, powerCase, source.AreProbabilities, clean, PowerTrial.Mark(embedder, clean), random);
        }

        TraceResult result = evidence.Trace(key, PowerTrial.Model, PowerTrial.Everybody);
        string name = $"trace of 1,000,000, {source.Name}, {evidence.Rows} rows";
        report.Add($"{name}: the licensee not named (1 if so)", result.Accused == Guilty ? 0 : 1, "", 0);
        report.Add($"{name}: log10 of the corrected p", result.Ranked[0].Log10CorrectedPValue, "", -9);
    }
}
