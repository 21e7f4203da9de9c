using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Oml.Sdk.Benchmarks.Harness;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Kernels;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Benchmarks.Fingerprints;

/// <summary>What marking a row costs, for every kind of output, as floats and as halves, against a copy of the row onto itself.</summary>
/// <remarks>
/// Two licensees take turns, so that rows, which come back before every batch, do not become the signs of one; a call is a mark of each.
/// </remarks>
internal static class EmbedTimes
{
    private const double Budget = 2;

    // Every mark lifts the largest element by a hundredth of the spread: after many more, halves could not carry another.
    private const int MostCalls = 64;

    private static readonly ModelId Model = ModelId.Compute("model"u8);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(1);

    public static void Add(BenchReport report, FingerprintKey key)
    {
        (string Name, IFingerprintEmbedderFactory Fingerprint, bool IsDistribution)[] kinds =
        [
            ("logits", new LogitFingerprint(key), false),
            ("logits, half of the signs by the call", new LogitFingerprint(key, new LogitFingerprintOptions { ContextualShare = 0.5 }), false),
            ("probabilities", new ProbabilityFingerprint(key), true),
            ("embeddings", new EmbeddingFingerprint(key), false),
            ("values", new RelativeFingerprint(key), false),
        ];
        foreach ((string name, IFingerprintEmbedderFactory fingerprint, bool isDistribution) in kinds)
        {
            foreach (int length in new[] { 1024, 32 * 1024, 1024 * 1024 })
            {
                fingerprint.CheckOutput(new TensorInfo("y", TensorElementType.Float32, [-1, length]));
                using IFingerprintEmbedder one = fingerprint.Create(new FingerprintSubject(Model, 1));
                using IFingerprintEmbedder another = fingerprint.Create(new FingerprintSubject(Model, 2));
                float[] row = BenchRows.Make(length, isDistribution);
                Add(report, $"{name}, float, {Size(length)}", [one, another], row);
                Add(report, $"{name}, Half, {Size(length)}", [one, another], Array.ConvertAll(row, x => (Half)x));
            }
        }

        AddLeastWork(report);
        AddConversion(report);
    }

    private static void AddLeastWork(BenchReport report)
    {
        foreach (int length in LeastWork.IsSupported ? [1024, 32 * 1024, 1024 * 1024] : Array.Empty<int>())
        {
            AlignedOutput<float> output = new(BenchRows.Make(length, true));
            byte[] signs = new byte[length / 8];
            new Random(3).NextBytes(signs);
            PairedRatio max = PairedRatio.Measure(Repeat(() => LeastWork.MaxAndScale(output.Span)), Repeat(() => Copy(output.Span)), Duration);
            PairedRatio sums = PairedRatio.Measure(Repeat(() => LeastWork.SumsAndScale(output.Span, signs)), Repeat(() => Copy(output.Span)), Duration);
            report.Add($"largest and a product alone / in-place copy, {Size(length)}", max.Ratio, "ratio");
            report.Add($"two sums in binary64 and a product alone / in-place copy, {Size(length)}", sums.Ratio, "ratio");
        }
    }

    // What halves cost before anything is marked.
    private static void AddConversion(BenchReport report)
    {
        foreach (int length in new[] { 1024, 1024 * 1024 })
        {
            AlignedOutput<Half> output = new(Array.ConvertAll(BenchRows.Make(length, false), x => (Half)x));
            float[] wide = new float[length];
            byte[] signs = new byte[(length / 8) + LogitRows.Slack];
            PairedRatio ours = PairedRatio.Measure(
                Repeat(() => HalfUpdate.ScaleAndAdd(output.Span, signs, factor: 1, step: 0)),
                Repeat(() => Copy(output.Span)),
                Duration);
            PairedRatio platform = PairedRatio.Measure(
                Repeat(() =>
                {
                    TensorPrimitives.ConvertToSingle(output.Span, wide);
                    TensorPrimitives.ConvertToHalf(wide, output.Span);
                }),
                Repeat(() => Copy(output.Span)),
                Duration);
            report.Add($"Half to float and back, unmarked / in-place copy, {Size(length)}", ours.Ratio, "ratio");
            report.Add($"  by TensorPrimitives, {Size(length)}", platform.Ratio, "ratio");
        }
    }

    private static void Add<T>(BenchReport report, string name, IFingerprintEmbedder[] embedders, T[] row)
        where T : unmanaged
    {
        AlignedOutput<T> output = new(row);
        int unmarked = 0;
        PairedRatio ratio = PairedRatio.Measure(
            Repeat(() =>
            {
                foreach (IFingerprintEmbedder embedder in embedders)
                {
                    unmarked += embedder.Embed(output).UnmarkedRows;
                }
            }),
            Repeat(() =>
            {
                foreach (IFingerprintEmbedder _ in embedders)
                {
                    Copy(output.Span);
                }
            }),
            Duration,
            output.Reset,
            MostCalls);
        if (unmarked > 0)
        {
            throw new InvalidOperationException($"Rows were not marked: {name}.");
        }

        report.Add($"embed / in-place copy, {name}", ratio.Ratio, "ratio", Budget);
        report.Add("  embed", ratio.First / embedders.Length, "ns");
        report.Add("  in-place copy", ratio.Second / embedders.Length, "ns");
    }

    private static void Copy<T>(Span<T> data)
        where T : unmanaged => InPlaceCopy.Run(MemoryMarshal.Cast<T, float>(data));

    private static string Size(int length) => length >= 1024 * 1024 ? $"{length >> 20} Mi" : $"{length >> 10} Ki";

    private static Action<int> Repeat(Action action) => calls =>
    {
        for (int i = 0; i < calls; i++)
        {
            action();
        }
    };
}
