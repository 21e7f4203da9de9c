using Oml.Sdk.Benchmarks.Harness;
using Oml.Sdk.Fingerprints;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>Licensees who average their answers: how many rows it takes to name one of them.</summary>
internal static class CoalitionStudy
{
    private const int Seed = 7;
    private const int Rows = 10;
    private const double Accused = -6;

    private static readonly int[] Sizes = [1, 2, 3, 5, 8, 12, 16];
    private static readonly int[] Counts = [1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300];

    /// <summary>Traces coalitions of two, three and five among a million in earnest, and draws the rows against the size.</summary>
    public static void Run(BenchReport report, string folder)
    {
        RowSource source = RowSource.Synthetic(1000, Seed);
        foreach (int size in new[] { 2, 3, 5 })
        {
            Trace(report, source, size);
        }

        Picture picture = new(
            "Means of the answers of several licensees, 1,000 synthetic classes",
            "licensees (logarithmic)",
            "log10 of the rows until one of them is at 10^-6 among 1,000,000",
            logarithmic: true);

        // The mean of c marks is √c times as small as one.
        Func<int, PowerCase>[] cases =
        [
            _ => new("informed, 2 decimals", EvidenceKind.Informed, Changes.Round(2)),
            _ => new("informed, 1 decimal", EvidenceKind.Informed, Changes.Round(1)),
            size => new("informed, noise 5 × one mark", EvidenceKind.Informed, Changes.Noise(5 * Math.Sqrt(size))),
            size => new("informed, noise 10 × one mark", EvidenceKind.Informed, Changes.Noise(10 * Math.Sqrt(size))),
            _ => new("softmax, 3 decimals", EvidenceKind.Probabilities, Changes.Softmax, Changes.Round(3)),
        ];
        int colour = 1;
        foreach (Func<int, PowerCase> powerCase in cases)
        {
            picture.Add(Curve(report, source, powerCase, colour++));
        }

        picture.Save(Path.Combine(folder, "coalitions.svg"), [1, 2, 3, 5, 8, 12, 16], (Sizes[0], Sizes[^1], -0.1, 2.6));
    }

    private static void Trace(BenchReport report, RowSource source, int size)
    {
        PowerComparison.Tell($"coalition of {size}: trace of 1,000,000");
        using FingerprintKey key = PowerTrial.PublisherKey(Seed + size);
        Random random = new(Seed + size);
        ulong[] members = [.. Enumerable.Range(0, size).Select(_ => (ulong)random.Next(1, PowerTrial.Licensees + 1))];
        using Coalition coalition = new([.. members.Select(id => key.DeriveCarrierKey(new FingerprintSubject(PowerTrial.Model, id)))], source.Kind);
        FingerprintEvidence evidence = new(source.Length);
        foreach (float[] clean in source.Draw(random).Take(Rows))
        {
            PowerTrial.Add(evidence, new("", EvidenceKind.Informed, Changes.Round(2)), areProbabilities: false, clean, coalition.Mark(clean), random);
        }

        TraceResult result = evidence.Trace(key, PowerTrial.Model, PowerTrial.Everybody);
        TraceCandidate[] accused = [.. result.Ranked.Where(one => one.Log10CorrectedPValue <= Accused)];
        string name = $"coalition of {size}, mean of {Rows} rows of 2 decimals, 1,000,000 licensees";
        report.Add($"{name}: log10 of the least corrected p", result.Ranked[0].Log10CorrectedPValue, "", Accused);
        report.Add($"{name}: members at 10^-6", accused.Count(one => members.Contains(one.FingerprintId)), "");
        report.Add($"{name}: others at 10^-6", accused.Count(one => !members.Contains(one.FingerprintId)), "", 0);
    }

    private static Series Curve(BenchReport report, RowSource source, Func<int, PowerCase> powerCase, int colour)
    {
        string name = powerCase(1).Name;
        PowerComparison.Tell($"coalitions: {name}");
        List<(int Size, double Rows)> needed = [];
        foreach (int size in Sizes)
        {
            double rows = PowerTrial.Medians(seed => [Trial(source, powerCase(size), size, seed)], Seed + size)[0];
            report.Add($"coalition of {size}, {name}: rows to 10^-6 (0: not in {Counts[^1]})", double.IsFinite(rows) ? rows : 0, "rows");
            if (double.IsFinite(rows))
            {
                needed.Add((size, rows));
            }
        }

        return new Series(
            name, [.. needed.Select(n => (double)n.Size)], [.. needed.Select(n => Math.Log10(n.Rows))], colour, (colour - 1) % Picture.Colours);
    }

    // How many rows it takes until one of the members is named.
    private static double Trial(RowSource source, PowerCase powerCase, int size, int seed)
    {
        Random random = new(seed);
        using Coalition coalition = new([.. Enumerable.Range(0, size).Select(i => PowerTrial.Key((seed * 100) + i))], source.Kind);
        FingerprintEvidence evidence = new(source.Length);
        int rows = 0;
        foreach (float[] clean in source.Draw(random).Take(Counts[^1]))
        {
            PowerTrial.Add(evidence, powerCase, areProbabilities: false, clean, coalition.Mark(clean), random);
            if (Counts.Contains(++rows)
                && evidence.Rows > 0
                && CandidateSweep.Correct(coalition.Keys.Min(key => evidence.Detect(key).Log10PValue), PowerTrial.Licensees) <= Accused)
            {
                return rows;
            }
        }

        return double.PositiveInfinity;
    }
}
