using Oml.Sdk.Benchmarks.Harness;
using Oml.Sdk.Fingerprints;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>What p-values keys get that have nothing to do with the suspect, although it is marked for somebody else.</summary>
internal static class NullTrials
{
    private const int Trials = 200_000;
    private const int TrialsOfOtherKinds = 100_000;
    private const int Seed = 3;

    /// <summary>Adds shares and tests to a report, and draws the quantiles.</summary>
    public static void Run(BenchReport report, string folder)
    {
        Picture scores = New(Trials, "stated p-values and their approximation");
        Picture others = New(TrialsOfOtherKinds, "stated p-values");
        int number = 0;
        foreach (NullDetector detector in NullDetector.OfScores)
        {
            (double[] stated, double[] normal) = Add(report, detector, Trials, Seed + (10 * number++));
            string test = FormattableString.Invariant($"KS p = {KolmogorovSmirnov.Of(Powers(normal)).PValue:0.00}");
            scores.Add(Quantiles($"{detector.Name}, normal p ({test})", normal, number, 0));
            scores.Add(Quantiles($"{detector.Name}, stated p", stated, number, 1));
        }

        int curve = 0;
        foreach (NullDetector detector in NullDetector.OfOtherKinds)
        {
            (double[] stated, _) = Add(report, detector, TrialsOfOtherKinds, Seed + (10 * number++));
            others.Add(Quantiles(detector.Name, stated, 1 + (curve % (Picture.Colours - 1)), curve / (Picture.Colours - 1)));
            curve++;
        }

        Save(scores, Path.Combine(folder, "null.svg"));
        Save(others, Path.Combine(folder, "null-kinds.svg"));
    }

    // The decimal logarithms of both p-values, ascending.
    private static (double[] Stated, double[] Normal) Add(BenchReport report, NullDetector detector, int trials, int seed)
    {
        PowerComparison.Tell($"keys of others: {detector.Name}");
        DetectionResult[] results = Results(detector, trials, seed);
        double[] normal = [.. results.Select(r => r.ApproximateLog10PValue).Order()];
        double[] stated = [.. results.Select(r => r.Log10PValue).Order()];
        for (int k = 1; k <= 4; k++)
        {
            double share = Array.FindLastIndex(stated, p => p <= -k) + 1;
            report.Add(
                $"null, {detector.Name}: share of keys with p <= 10^-{k}, as a share of 10^-{k}", share / stated.Length * Math.Pow(10, k), "ratio", 1);
        }

        report.Add(
            $"null, {detector.Name}: stated p too small, largest excess · √n (1.858 is p = 0.001)",
            KolmogorovSmirnov.Excess(Powers(stated)),
            "",
            KolmogorovSmirnov.CriticalExcess);
        if (detector.Law is not null)
        {
            KolmogorovSmirnov uniform = KolmogorovSmirnov.Of(ExactPValues(detector, results, seed));
            report.Add(
                $"null, {detector.Name}: exact p of these residuals, Kolmogorov-Smirnov, largest distance · √n (1.949 is p = 0.001)",
                uniform.Distance * Math.Sqrt(trials),
                "",
                KolmogorovSmirnov.Critical);
            report.Add($"null, {detector.Name}: exact p of these residuals, Kolmogorov-Smirnov, p", uniform.PValue, "");
            report.Add(
                $"null, {detector.Name}: normal p too small, largest excess · √n (1.858 is p = 0.001)", KolmogorovSmirnov.Excess(Powers(normal)), "");
        }

        KolmogorovSmirnov test = KolmogorovSmirnov.Of(Powers(normal));
        report.Add(
            $"null, {detector.Name}: normal p, Kolmogorov-Smirnov, largest distance · √n (1.949 is p = 0.001)",
            test.Distance * Math.Sqrt(normal.Length),
            "",
            KolmogorovSmirnov.Critical);
        report.Add($"null, {detector.Name}: normal p, Kolmogorov-Smirnov, p", test.PValue, "");
        return (stated, normal);
    }

    private static DetectionResult[] Results(NullDetector detector, int trials, int seed)
    {
        int keys = trials / detector.Suspects;
        DetectionResult[] results = new DetectionResult[trials];
        Parallel.For(0, detector.Suspects, i =>
        {
            Func<CarrierKey, DetectionResult> test = detector.Suspect(SuspectSeed(seed, i));
            Parallel.For(0, keys, k =>
            {
                Span<byte> bytes = stackalloc byte[CarrierKey.Size];
                NullKey((seed * 1_000_000L) + (i * (long)keys) + k, bytes);
                using CarrierKey key = CarrierKey.Import(bytes);
                results[(i * keys) + k] = test(key);
            });
        });
        return results;
    }

    private static double[] ExactPValues(NullDetector detector, DetectionResult[] results, int seed)
    {
        int keys = results.Length / detector.Suspects;
        double[] exact = new double[results.Length];
        Parallel.For(0, detector.Suspects, i =>
        {
            SignSumLaw law = detector.Law!(SuspectSeed(seed, i));
            for (int k = i * keys; k < (i + 1) * keys; k++)
            {
                exact[k] = law.UpperTail(results[k].Statistic);
            }
        });
        Array.Sort(exact);
        return exact;
    }

    private static int SuspectSeed(int seed, int number) => (seed * 1_000_000) + number;

    // Not from a seeded generator of weak mixing: keys of neighbouring numbers would not be independent.
    private static void NullKey(long number, Span<byte> key) => System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(number), key);

    private static double[] Powers(double[] logarithms) => Array.ConvertAll(logarithms, x => Math.Pow(10, x));

    private static Picture New(int keys, string what)
    {
        Picture picture = new(
            FormattableString.Invariant($"{keys:#,0} keys that have nothing to do with the suspect: {what}"),
            "-log10 of the share of keys with as small a p",
            "-log10 of p",
            logarithmic: false);
        picture.Add(new Series("as it should be", [0, 5.7], [0, 5.7], 0, 0), markers: false);
        return picture;
    }

    private static void Save(Picture picture, string path) => picture.Save(path, [0, 1, 2, 3, 4, 5], (0, 5.7, -0.1, 7));

    // Ranks that look evenly spread on the logarithmic axis.
    private static Series Quantiles(string name, double[] sorted, int colour, int style)
    {
        int[] ranks = [.. Enumerable.Range(0, 40).Select(i => (int)Math.Pow(sorted.Length, i / 39.0)).Distinct()];
        return new Series(
            name, [.. ranks.Select(r => -Math.Log10((r - 0.5) / sorted.Length))], [.. ranks.Select(r => -sorted[r - 1])], colour, style);
    }
}
