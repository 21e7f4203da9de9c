using Oml.Sdk.Benchmarks.Harness;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;
using Oml.Sdk.Sealing.Memory;

namespace Oml.Sdk.Benchmarks.Sealing;

/// <summary>What sealing and opening cost, as ratios to the platform's own cryptography over all processors in the same run.</summary>
internal static class SealComparison
{
    private const long Size = 1L << 30;
    private const double Budget = 1.25;

    public static async Task<int> RunAsync()
    {
        BenchReport report = new();
        byte[] block = new byte[(1 << 20) + 4096];
        new Random(1).NextBytes(block);
        using PermissionIssuer publisher = PermissionIssuer.Create();
        using ContentKey key = ContentKey.Generate();
        ModelSealer sealer = new(publisher, key);
        SealOptions options = new() { Name = "benchmark", Overwrite = true };

        PairedRatio seal = PairedRatio.MeasureLong(
            () => sealer.SealAsync(Package(block), new DiscardStream(), options).GetAwaiter().GetResult(), () => RawCrypto.Seal(Size), 9);
        report.Add("seal / AES-GCM + SHA-256 over all cores, 1 GiB", seal.Ratio, "ratio", Budget);
        report.Add("seal", Size / seal.First, "GB/s");
        report.Add("AES-GCM + SHA-256 over all cores", Size / seal.Second, "GB/s");

        string path = Path.Combine(Path.GetTempPath(), $"oml-bench-{Environment.ProcessId}.oml");
        try
        {
            await sealer.SealAsync(Package(block), path, options);
            using SealedModel model = SealedModel.Open(path, publisher.PublicKey);
            using UnlockedModel unlocked = model.Unlock(key);
            PairedRatio open = PairedRatio.MeasureLong(() => Load(unlocked), () => RawCrypto.Open(Size), 9);
            report.Add("open / the same into fresh memory, 1 GiB", open.Ratio, "ratio", Budget);
            report.Add("open", Size / open.First, "GB/s");
            report.Add("SHA-256 + AES-GCM into fresh memory", Size / open.Second, "GB/s");
            PairedRatio verify = PairedRatio.MeasureLong(() => model.VerifyAsync().GetAwaiter().GetResult(), () => RawCrypto.Seal(Size), 5);
            report.Add("verify without a key", Size / verify.First, "GB/s");
            LargeLoads.Add(report, sealer, publisher, key);
        }
        finally
        {
            File.Delete(path);
        }

        return report.Finish("seal");
    }

    private static ModelPackage Package(byte[] block) =>
        new ModelPackage("model.onnx", TestModels.TestModel.LinearClassifier(1, 1)).AddStream("weights.bin", new GeneratedStream(Size, block));

    private static void Load(UnlockedModel model)
    {
        using SecretMemory memory = SecretMemory.Allocate(Size);
        model.FillAsync("weights.bin", memory, CancellationToken.None).GetAwaiter().GetResult();
    }
}
