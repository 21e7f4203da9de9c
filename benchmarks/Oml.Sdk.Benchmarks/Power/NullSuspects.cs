using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>Suspects that are marked for somebody, ready to be tested under keys of others.</summary>
internal static class NullSuspects
{
    private const double ContextualShare = 0.5;
    private const int LabelClasses = 10;
    private const int LabelAnswers = 600;
    private const double BakedAmplitude = 0.1;
    private const int Rounds = 10;

    private static readonly RowSource Rows128 = RowSource.Synthetic(128, 3);
    private static readonly RowSource Rows100 = RowSource.Synthetic(100, 3);

    /// <summary>Rows of one licensee, or the mean of those of several.</summary>
    public static Func<CarrierKey, DetectionResult> Rows(int seed, RowSource source, PowerCase powerCase, int rows, int copies)
    {
        Random random = new(seed);
        FingerprintEvidence evidence = new(source.Length, powerCase.Evidence == EvidenceKind.BlindWithBaseline ? source.Baseline : []);
        using Coalition coalition = new([.. Enumerable.Range(0, copies).Select(i => PowerTrial.Key(Guilty(seed, i)))], source.Kind);
        foreach (float[] clean in source.Draw(random).Take(rows))
        {
            PowerTrial.Add(evidence, powerCase, source.AreProbabilities, clean, coalition.Mark(clean), random);
        }

        return evidence.Detect;
    }

    /// <summary>Rows of which half the signs follow the context.</summary>
    public static Func<CarrierKey, DetectionResult> Contextual(int seed)
    {
        using CarrierKey guilty = PowerTrial.Key(Guilty(seed));
        LogitFingerprint factory = new(guilty, PowerTrial.Subject, new LogitFingerprintOptions { ContextualShare = ContextualShare });
        using IFingerprintEmbedder embedder = factory.Create(PowerTrial.Subject);
        ContextualEvidence evidence = new(Rows128.Length, ContextualShare);
        foreach (float[] clean in Rows128.Draw(new Random(seed)).Take(Rounds))
        {
            evidence.AddInformed(PowerTrial.Mark(embedder, clean), clean);
        }

        return evidence.Detect;
    }

    /// <summary>Rows of a model whose bias holds the mark.</summary>
    public static Func<CarrierKey, DetectionResult> Baked(int seed)
    {
        using CarrierKey guilty = PowerTrial.Key(Guilty(seed));
        sbyte[] signs = BakedLayout.Signs(guilty, Rows100.Length);
        FingerprintEvidence evidence = FingerprintEvidence.ForBakedRows(Rows100.Length);
        Random random = new(seed);
        foreach (float[] clean in Rows100.Draw(random).Take(Rounds))
        {
            float[] marked = [.. clean.Select((z, i) => z + (float)(BakedAmplitude * (signs[i] + Normals.Next(random))))];
            evidence.AddInformed(marked, clean);
        }

        return evidence.Detect;
    }

    /// <summary>Values of a regression, whose logarithms are normal.</summary>
    public static Func<CarrierKey, DetectionResult> Values(int seed, int sampleLength, int samples) =>
        ValueEvidence(seed, sampleLength, samples).Detect;

    /// <summary>The exact law of the statistic for the same, where each place has a sign.</summary>
    public static SignSumLaw LawOfValues(int seed, int sampleLength, int samples) => new(ValueEvidence(seed, sampleLength, samples).Residuals);

    /// <summary>Labels of a few classes, so that coins come several times and the statistic has many values.</summary>
    public static Func<CarrierKey, DetectionResult> Labels(int seed)
    {
        using CarrierKey guilty = PowerTrial.Key(Guilty(seed));
        using IFingerprintEmbedder embedder = new LabelFingerprint(guilty, PowerTrial.Subject).Create(PowerTrial.Subject);
        LabelEvidence evidence = new(LabelClasses);
        Random random = new(seed);
        while (evidence.Rows < LabelAnswers)
        {
            float[] clean = Normals.Row(random, LabelClasses, 1);
            float[] marked = PowerTrial.Mark(embedder, clean);
            evidence.Add(Array.IndexOf(marked, marked.Max()), clean);
        }

        return evidence.Detect;
    }

    /// <summary>A network that learnt from marked answers.</summary>
    public static Func<CarrierKey, DetectionResult> Student(int seed)
    {
        using CarrierKey guilty = PowerTrial.Key(Guilty(seed));
        using IFingerprintEmbedder embedder = PowerTrial.Embedder(guilty, RowKind.Scores);
        StudentLesson lesson = new("", EvidenceKind.Informed, embedder);
        return lesson.Ask(lesson.Train(seed), StudentLesson.Queries, seed).Detect;
    }

    // To five digits: else residuals are all of one size, and the statistic has few values.
    private static RelativeEvidence ValueEvidence(int seed, int sampleLength, int samples)
    {
        using CarrierKey guilty = PowerTrial.Key(Guilty(seed));
        using IFingerprintEmbedder embedder = new RelativeFingerprint(guilty, PowerTrial.Subject).Create(PowerTrial.Subject);
        RelativeEvidence evidence = new(sampleLength);
        Random random = new(seed);
        for (int i = 0; i < samples; i++)
        {
            float[] clean = [.. Normals.Row(random, sampleLength, 1).Select(MathF.Exp)];
            evidence.AddInformed(Array.ConvertAll(PowerTrial.Mark(embedder, clean), value => Changes.ToDigits(value, 5)), clean);
        }

        return evidence;
    }

    private static int Guilty(int seed, int number = 0) => unchecked((seed * 31) + 1_000_000_007 + number);
}
