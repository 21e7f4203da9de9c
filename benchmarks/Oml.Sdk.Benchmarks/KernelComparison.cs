using System.Numerics.Tensors;
using Oml.Sdk.Benchmarks.Harness;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Kernels;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Benchmarks;

/// <summary>The cost of marking a row, as ratios to a copy of the row onto itself that is taken in the same run.</summary>
internal static class KernelComparison
{
    private const float Amplitude = (float)LogitFingerprintOptions.DefaultRelativeAmplitude;
    private const double Budget = 2;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(2);

    private static float s_sink;

    /// <summary>Runs everything, in less than two minutes.</summary>
    /// <returns>0 if every budget is kept, else 1.</returns>
    public static int Run()
    {
        Console.WriteLine($"Vectors: {KernelDispatch.Widest}, AES: {KernelDispatch.Aes}, .NET {Environment.Version}");
        BenchReport report = new();
        foreach (int length in new[] { 1024, 32 * 1024, 128 * 1024, 1024 * 1024 })
        {
            Row(report, length);
        }

        Allocations(report);
        return report.Finish("kernels");
    }

    private static void Row(BenchReport report, int length)
    {
        AlignedBuffer row = new(length, seed: length);
        KeyHolder key = new();
        byte[] kept = new byte[(length / 8) + LogitRows.Slack];
        CarrierKeystream.Fill(in key.Schedule, 0, kept.AsSpan(0, length / 8), KernelDispatch.Aes);
        string size = length >= 1024 * 1024 ? $"{length >> 20} Mi" : $"{length >> 10} Ki";

        Action<int> embed = Repeat(() => LogitRows.Mark(row.Span, length, in key.Schedule, kept, Amplitude, true));
        Action<int> embedAnew = Repeat(() => LogitRows.Mark(row.Span, length, in key.Schedule, default, Amplitude, true));
        Action<int> copy = Repeat(() => InPlaceCopy.Run(row.Span));
        Action<int> add = Repeat(() => TensorPrimitives.Add(row.Span, 1e-3f, row.Span));
        Action<int> argMax = Repeat(() => s_sink = TensorPrimitives.IndexOfMax(row.Span));
        Action<int> cipher = Repeat(() => CarrierKeystream.Fill(in key.Schedule, 0, kept.AsSpan(0, length / 8), KernelDispatch.Aes));

        PairedRatio toCopy = PairedRatio.Measure(embed, copy, Duration, row.Reset);
        report.Add($"embed / in-place copy, {size}", toCopy.Ratio, "ratio", Budget);
        report.Add($"embed, {size}", toCopy.First, "ns");
        report.Add($"in-place copy, {size}", toCopy.Second, "ns");
        report.Add(
            $"embed with the keystream made for each row / in-place copy, {size}",
            PairedRatio.Measure(embedAnew, copy, Duration, row.Reset).Ratio,
            "ratio");
        report.Add($"embed / TensorPrimitives.Add of a scalar, {size}", PairedRatio.Measure(embed, add, Duration, row.Reset).Ratio, "ratio");
        report.Add($"embed / TensorPrimitives.IndexOfMax, {size}", PairedRatio.Measure(embed, argMax, Duration, row.Reset).Ratio, "ratio");
        report.Add(
            $"AES-CTR an element, {size}", PairedRatio.Measure(cipher, copy, Duration / 4, row.Reset).First / length, "ns");
    }

    private static void Allocations(BenchReport report)
    {
        using FingerprintKey key = FingerprintKey.Generate();
        LogitFingerprint fingerprint = new(key);
        using IFingerprintEmbedder embedder = fingerprint.Create(new FingerprintSubject(default, 1));
        AlignedBuffer row = new(1000, seed: 1);
        OutputTensor output = OutputTensor.Create("logits", row.Span.ToArray(), 1, 1000);
        embedder.Embed(output);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            embedder.Embed(output);
        }

        report.Add("allocated by an embed", (GC.GetAllocatedBytesForCurrentThread() - before) / 100.0, "B", 0);
    }

    private static Action<int> Repeat(Action action) => calls =>
    {
        for (int i = 0; i < calls; i++)
        {
            action();
        }
    };

    private sealed class KeyHolder
    {
        public readonly AesKeySchedule Schedule = Make();

        private static AesKeySchedule Make()
        {
            AesKeySchedule.Expand(new byte[AesKeySchedule.KeySize], out AesKeySchedule schedule);
            return schedule;
        }
    }
}
