using Oml.Sdk.Benchmarks.Harness;
using Oml.Sdk.Fingerprints;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>What p-values keys get that have nothing to do with the suspect, although it is marked for somebody else.</summary>
internal static class NullTrials
{
    private const int Suspects = 400;
    private const int KeysPerSuspect = 500;
    private const int Rows = 10;
    private const int Seed = 3;

    /// <summary>Adds shares and tests to a report, and draws the quantiles.</summary>
    public static void Run(BenchReport report, string folder)
    {
        RowSource source = RowSource.Synthetic(1000, Seed);
        Picture picture = new(
            "200,000 keys that have nothing to do with the suspect", "-log10 of the share of keys with as small a p", "-log10 of p", logarithmic: false);
        picture.Add(new Series("as it should be", [0, 5.7], [0, 5.7], 6, 0), markers: false);
        int number = 0;
        foreach (NullDetector detector in NullDetector.All)
        {
            PowerComparison.Tell($"keys of others: {detector.Name}");
            DetectionResult[] results = Results(source, detector, Seed + (10 * number++));
            double[] normal = [.. results.Select(r => r.ApproximateLog10PValue).Order()];
            double[] bound = [.. results.Select(r => r.Log10PValue).Order()];
            for (int k = 1; k <= 4; k++)
            {
                double share = Array.FindLastIndex(bound, p => p <= -k) + 1;
                report.Add(
                    $"null, {detector.Name}: share of keys with p <= 10^-{k}, as a share of 10^-{k}", share / bound.Length * Math.Pow(10, k), "ratio", 1);
            }

            KolmogorovSmirnov test = KolmogorovSmirnov.Of([.. normal.Select(p => Math.Pow(10, p))]);
            report.Add(
                $"null, {detector.Name}: Kolmogorov-Smirnov, largest distance · √n (1.949 is p = 0.001)", test.Distance * Math.Sqrt(normal.Length), "", 1.949);
            report.Add($"null, {detector.Name}: Kolmogorov-Smirnov, p", test.PValue, "");
            picture.Add(Quantiles(FormattableString.Invariant($"{detector.Name}, normal p (KS p = {test.PValue:0.00})"), normal, number, 0));
            picture.Add(Quantiles($"{detector.Name}, stated p", bound, number, 1));
        }

        picture.Save(Path.Combine(folder, "null.svg"), [0, 1, 2, 3, 4, 5], (0, 5.7, -0.1, 7));
    }

    private static DetectionResult[] Results(RowSource source, NullDetector detector, int seed)
    {
        DetectionResult[] results = new DetectionResult[Suspects * KeysPerSuspect];
        Parallel.For(0, Suspects, suspect =>
        {
            Random random = new((seed * 1_000_000) + suspect);
            using CarrierKey guilty = PowerTrial.Key((seed * 1_000_000) + Suspects + suspect);
            using IFingerprintEmbedder embedder = PowerTrial.Embedder(guilty, source.AreProbabilities);
            FingerprintEvidence evidence = new(source.Length);
            foreach (float[] clean in source.Draw(random).Take(Rows))
            {
                PowerTrial.Add(evidence, detector.Case, source.AreProbabilities, clean, PowerTrial.Mark(embedder, clean), random);
            }

            byte[] bytes = new byte[CarrierKey.Size];
            for (int i = 0; i < KeysPerSuspect; i++)
            {
                random.NextBytes(bytes);
                using CarrierKey key = CarrierKey.Import(bytes);
                results[(suspect * KeysPerSuspect) + i] = evidence.Detect(key);
            }
        });
        return results;
    }

    // Ranks that look evenly spread on the logarithmic axis.
    private static Series Quantiles(string name, double[] sorted, int colour, int style)
    {
        int[] ranks = [.. Enumerable.Range(0, 40).Select(i => (int)Math.Pow(sorted.Length, i / 39.0)).Distinct()];
        return new Series(
            name, [.. ranks.Select(r => -Math.Log10((r - 0.5) / sorted.Length))], [.. ranks.Select(r => -sorted[r - 1])], colour, style);
    }
}
