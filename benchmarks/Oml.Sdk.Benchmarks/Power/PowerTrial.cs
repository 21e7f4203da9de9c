using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>Marks rows for a licensee, changes them, and asks how well the licensee is found.</summary>
internal static class PowerTrial
{
    /// <summary>The licensees among whom one is looked for; every p-value is corrected for them.</summary>
    public const int Licensees = 1_000_000;

    private const int Trials = 21;

    private static readonly ModelId Model = ModelId.Compute("model"u8);

    /// <summary>The least log10 of a corrected p-value that is ever stated.</summary>
    public static double Least { get; } = CandidateSweep.Correct(EvidenceStatistic.Log10LeastPValue, Licensees);

    /// <summary>The median, over 21 trials with a key and rows of their own, of log10 of the corrected p-value after so many rows.</summary>
    /// <param name="source">The clean rows.</param>
    /// <param name="powerCase">What becomes of them.</param>
    /// <param name="counts">Numbers of rows, rising.</param>
    /// <param name="seed">Chooses keys and rows.</param>
    /// <returns>As many values as the source has rows for.</returns>
    public static double[] Medians(RowSource source, PowerCase powerCase, IReadOnlyList<int> counts, int seed)
    {
        List<double>[] trials = new List<double>[Trials];
        Parallel.For(0, Trials, i => trials[i] = Run(source, powerCase, counts, (seed * 1000) + i));
        return [.. Enumerable.Range(0, trials.Min(t => t.Count)).Select(k => trials.Select(t => t[k]).Order().ElementAt(Trials / 2))];
    }

    /// <summary>Adds one changed row and its clean counterpart to evidence.</summary>
    public static void Add(FingerprintEvidence evidence, PowerCase powerCase, bool areProbabilities, float[] clean, float[] marked, Random random)
    {
        double power = 0;
        for (int i = 0; i < clean.Length; i++)
        {
            power += Math.Pow((double)marked[i] - clean[i], 2);
        }

        float[] suspect = [.. marked];
        foreach (Change change in powerCase.Changes)
        {
            change(suspect, Math.Sqrt(power / clean.Length), random);
        }

        switch (powerCase.Evidence)
        {
            case EvidenceKind.Informed:
                evidence.AddInformed(suspect, clean);
                break;
            case EvidenceKind.Probabilities:
                float[] reference = [.. clean];
                if (!areProbabilities)
                {
                    Changes.Softmax(reference, 0, random);
                }

                evidence.AddInformedProbabilities(suspect, reference);
                break;
            default:
                evidence.AddBlind(suspect);
                break;
        }
    }

    /// <summary>A licensee's key that follows from a seed.</summary>
    public static CarrierKey Key(int seed)
    {
        byte[] bytes = new byte[CarrierKey.Size];
        new Random(seed).NextBytes(bytes);
        return CarrierKey.Import(bytes);
    }

    /// <summary>The embedder, with default options, for rows of a source.</summary>
    public static IFingerprintEmbedder Embedder(CarrierKey key, bool areProbabilities)
    {
        FingerprintSubject subject = new(Model, 1);
        IFingerprintEmbedderFactory factory = areProbabilities ? new ProbabilityFingerprint(key, subject) : new LogitFingerprint(key, subject);
        return factory.Create(subject);
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
        using IFingerprintEmbedder embedder = Embedder(key, source.AreProbabilities);
        FingerprintEvidence evidence = new(source.Length, powerCase.Evidence == EvidenceKind.BlindWithBaseline ? source.Baseline : []);
        List<double> results = [];
        int rows = 0;
        foreach (float[] clean in source.Draw(random).Take(counts[^1]))
        {
            Add(evidence, powerCase, source.AreProbabilities, clean, Mark(embedder, clean), random);
            if (++rows == counts[results.Count])
            {
                results.Add(evidence.Rows == 0 ? 0 : CandidateSweep.Correct(evidence.Detect(key).Log10PValue, Licensees));
            }
        }

        return results;
    }
}
