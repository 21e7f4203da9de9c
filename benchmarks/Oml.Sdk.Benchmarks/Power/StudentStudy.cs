using Oml.Sdk.Benchmarks.Harness;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Tests.Fingerprints.Copies;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>Students that learnt from a licensee's marked answers: how many queries it takes to name the licensee among a million.</summary>
internal static class StudentStudy
{
    private const int Seed = 6;
    private const ulong Guilty = 654_321;
    private const double Accused = -6;

    private static readonly int[] Counts = [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000, 2000, StudentLesson.Queries];

    /// <summary>Trains, asks and traces the students, and draws the picture.</summary>
    public static void Run(BenchReport report, string folder)
    {
        using FingerprintKey key = PowerTrial.PublisherKey(Seed);
        Picture picture = new(
            "Students of marked answers, 200 classes; in the legend: queries to 10^-6",
            "queries (logarithmic)",
            "log10 of the corrected p, 1,000,000 licensees",
            logarithmic: true);
        Draw(report, picture, key, "scores, amplitude 0.01", EvidenceKind.Informed, 0.01, 1);
        Draw(report, picture, key, "scores, amplitude 0.02", EvidenceKind.Informed, 0.02, 2);
        Draw(report, picture, key, "scores, amplitude 0.05", EvidenceKind.Informed, 0.05, 3);
        Draw(report, picture, key, "probabilities, amplitude 0.05", EvidenceKind.Probabilities, 0.05, 4);
        Draw(report, picture, key, "scores, unmarked", EvidenceKind.Informed, null, 5);
        picture.AddAccusation();
        picture.Save(Path.Combine(folder, "students.svg"), [1, 3, 10, 30, 100, 300, 1000, 3000], (1, StudentLesson.Queries, -34, 1));
    }

    private static void Draw(BenchReport report, Picture picture, FingerprintKey key, string name, EvidenceKind evidence, double? amplitude, int colour)
    {
        PowerComparison.Tell($"student: {name}");
        FingerprintSubject subject = new(PowerTrial.Model, Guilty);
        using CarrierKey guilty = key.DeriveCarrierKey(subject);
        using IFingerprintEmbedder? embedder =
            amplitude is { } a ? new LogitFingerprint(key, new LogitFingerprintOptions { RelativeAmplitude = a }).Create(subject) : null;
        StudentLesson lesson = new(name, evidence, embedder);
        SmallNetwork student = lesson.Train(Seed);
        List<double> curve = [];
        FingerprintEvidence all = lesson.Ask(student, StudentLesson.Queries, Seed, (queries, soFar) =>
        {
            if (queries == Counts[curve.Count])
            {
                curve.Add(CandidateSweep.Correct(soFar.Detect(guilty).Log10PValue, PowerTrial.Licensees));
            }
        });

        TraceResult result = all.Trace(key, PowerTrial.Model, PowerTrial.Everybody);
        string suspect = $"student, {name}, {StudentLesson.Queries} queries";
        int needed = curve.FindIndex(p => p <= Accused);
        if (embedder is null)
        {
            report.Add($"{suspect}: somebody of 1,000,000 accused (1 if so)", result.Accused is null ? 0 : 1, "", 0);
        }
        else
        {
            report.Add($"{suspect}: the licensee not named among 1,000,000 (1 if so)", result.Accused == Guilty ? 0 : 1, "", 0);
            report.Add($"{suspect}: queries to 10^-6 (0: not in these)", needed < 0 ? 0 : Counts[needed], "");
        }

        report.Add($"{suspect}: log10 of the least corrected p of 1,000,000", result.Ranked[0].Log10CorrectedPValue, "", embedder is null ? null : Accused);
        string legend = needed < 0 ? $"{name}: –" : $"{name}: {Counts[needed]}";
        picture.Add(new Series(legend, [.. Counts.Select(n => (double)n)], [.. curve], colour, 0));
    }
}
