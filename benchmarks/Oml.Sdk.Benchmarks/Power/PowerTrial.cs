using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>Marks rows for a licensee, changes them, and asks how well the licensee is found.</summary>
internal static class PowerTrial
{
    /// <summary>The licensees among whom one is looked for; every p-value is corrected for them.</summary>
    public const int Licensees = 1_000_000;

    private const int Trials = 21;

    /// <summary>The model that is marked.</summary>
    public static ModelId Model { get; } = ModelId.Compute("model"u8);

    /// <summary>Whom a <see cref="Key"/> marks for.</summary>
    public static FingerprintSubject Subject { get; } = new(Model, 1);

    /// <summary>All of them.</summary>
    public static IEnumerable<ulong> Everybody => Enumerable.Range(1, Licensees).Select(id => (ulong)id);

    /// <summary>The least log10 of a corrected p-value that is ever stated.</summary>
    public static double Least { get; } = CandidateSweep.Correct(EvidenceStatistic.Log10LeastPValue, Licensees);

    /// <summary>The median, over 21 trials with a key and rows of their own, of log10 of the corrected p-value after so many rows.</summary>
    /// <param name="source">The clean rows.</param>
    /// <param name="powerCase">What becomes of them.</param>
    /// <param name="counts">Numbers of rows, rising.</param>
    /// <param name="seed">Chooses keys and rows.</param>
    /// <returns>As many values as the source has rows for.</returns>
    public static double[] Medians(RowSource source, PowerCase powerCase, IReadOnlyList<int> counts, int seed) =>
        Medians(trial => Run(source, powerCase, counts, trial), seed);

    /// <summary>The median, over 21 trials, of the values of each.</summary>
    /// <param name="run">Makes a trial of its seed: a value for each number of rows, fewer where the rows end.</param>
    /// <param name="seed">Chooses the seeds.</param>
    public static double[] Medians(Func<int, List<double>> run, int seed)
    {
        List<double>[] trials = new List<double>[Trials];
        Parallel.For(0, Trials, i => trials[i] = run((seed * 1000) + i));
        return [.. Enumerable.Range(0, trials.Min(t => t.Count)).Select(k => trials.Select(t => t[k]).Order().ElementAt(Trials / 2))];
    }

    /// <summary>Adds one changed row and its clean counterpart to evidence.</summary>
    public static void Add(FingerprintEvidence evidence, PowerCase powerCase, bool areProbabilities, float[] clean, float[] marked, Random random) =>
        new RowAuditor(evidence, powerCase.Evidence, areProbabilities).Add(Change(powerCase, clean, marked, random), clean);

    /// <summary>What an auditor sees of a marked row.</summary>
    public static float[] Change(PowerCase powerCase, float[] clean, float[] marked, Random random)
    {
        double power = 0;
        for (int i = 0; i < clean.Length; i++)
        {
            double change = (double)marked[i] - clean[i];
            power += change * change;
        }

        float[] suspect = [.. marked];
        foreach (Change change in powerCase.Changes)
        {
            change(suspect, Math.Sqrt(power / clean.Length), random);
        }

        return suspect;
    }

    /// <summary>A licensee's key that follows from a seed.</summary>
    public static CarrierKey Key(int seed)
    {
        byte[] bytes = new byte[CarrierKey.Size];
        new Random(seed).NextBytes(bytes);
        return CarrierKey.Import(bytes);
    }

    /// <summary>A publisher's key that follows from a seed.</summary>
    public static FingerprintKey PublisherKey(int seed)
    {
        byte[] bytes = new byte[FingerprintKey.Size];
        new Random(seed).NextBytes(bytes);
        return FingerprintKey.Import(bytes);
    }

    /// <summary>The embedder, with default options, for rows of a kind.</summary>
    public static IFingerprintEmbedder Embedder(CarrierKey key, RowKind kind)
    {
        IFingerprintEmbedderFactory factory = kind switch
        {
            RowKind.Probabilities => new ProbabilityFingerprint(key, Subject),
            RowKind.Embeddings => new EmbeddingFingerprint(key, Subject),
            RowKind.Values => new RelativeFingerprint(key, Subject),
            RowKind.Labels => new LabelFingerprint(key, Subject),
            _ => new LogitFingerprint(key, Subject),
        };
        return factory.Create(Subject);
    }

    /// <summary>A marked copy of a row.</summary>
    public static float[] Mark(IFingerprintEmbedder embedder, float[] clean)
    {
        float[] marked = [.. clean];
        embedder.Embed(OutputTensor.Create("y", marked, 1, marked.Length));
        return marked;
    }

    private static List<double> Run(RowSource source, PowerCase powerCase, IReadOnlyList<int> counts, int seed)
    {
        Random random = new(seed);
        using CarrierKey key = Key(seed);
        using IFingerprintEmbedder embedder = Embedder(key, source.Kind);
        Auditor auditor = Auditor.Of(source, powerCase.Evidence);
        List<double> results = [];
        int rows = 0;
        foreach (float[] clean in source.Draw(random).Take(counts[^1]))
        {
            auditor.Add(Change(powerCase, clean, Mark(embedder, clean), random), clean);
            if (++rows == counts[results.Count])
            {
                results.Add(CandidateSweep.Correct(auditor.Log10PValue(key), Licensees));
            }
        }

        return results;
    }
}
