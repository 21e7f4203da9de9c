using Oml.Sdk.Benchmarks.Harness;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;

namespace Oml.Sdk.Benchmarks.Sealing;

/// <summary>From opening a large model to its first output, sealed against plain, each in a process of its own.</summary>
internal static class LargeLoads
{
    // 64 MiB each: 2 GiB to compare times, 4 GiB for the memory.
    private const int Layers = 32;
    private const int LayersForMemory = 64;
    private const int Pairs = 3;
    private const double Budget = 1.3;

    public static void Add(BenchReport report, ModelSealer sealer, PermissionIssuer publisher, ContentKey key)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("oml-bench-");
        try
        {
            string keys = Path.Combine(folder.FullName, "keys.txt");
            File.WriteAllLines(keys, [Convert.ToHexString(key.Export()), Convert.ToHexString(publisher.PublicKey.ExportSubjectPublicKeyInfo())]);
            (string plain, string @sealed) = Write(folder, sealer, Layers);
            Compare(report, plain, @sealed, keys, prepack: true, cold: false, "default options, files in the page cache");
            Compare(report, plain, @sealed, keys, prepack: false, cold: false, "without prepacking, files in the page cache");
            Compare(report, plain, @sealed, keys, prepack: true, cold: true, "default options, files on the disk");
            Compare(report, plain, @sealed, keys, prepack: false, cold: true, "without prepacking, files on the disk");
            File.Delete(@sealed);

            (_, @sealed) = Write(folder, sealer, LayersForMemory);
            LoadProbe.Result memory = LoadProbe.Start("sealed", @sealed, keys, prepack: false);
            long weights = (long)LayersForMemory * LargeModel.Width * LargeModel.Width * sizeof(float);
            report.Add("open 4 GiB: peak resident memory beyond the weights", (memory.PeakBytes - weights) / (1024.0 * 1024), "MiB", 128);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static (string Plain, string Sealed) Write(DirectoryInfo folder, ModelSealer sealer, int layers)
    {
        string plain = LargeModel.Write(folder.FullName, layers);
        string @sealed = Path.Combine(folder.FullName, "model.oml");
        sealer.SealAsync(ModelPackage.FromOnnx(plain), @sealed, new SealOptions { Name = "large", Overwrite = true }).GetAwaiter().GetResult();
        return (plain, @sealed);
    }

    private static void Compare(BenchReport report, string plain, string @sealed, string keys, bool prepack, bool cold, string how)
    {
        List<double> ratios = [], plains = [], sealeds = [];
        for (int i = -1; i < Pairs; i++)
        {
            double a = Load("sealed", @sealed, @sealed);
            double b = Load("plain", plain, Path.Combine(Path.GetDirectoryName(plain)!, LargeModel.WeightsFile));
            if (i >= 0)
            {
                ratios.Add(a / b);
                sealeds.Add(a);
                plains.Add(b);
            }
        }

        report.Add($"2 GiB, open to first output, sealed / plain, {how}", Median(ratios), "ratio", Budget);
        report.Add("  sealed", Median(sealeds), "s");
        report.Add("  plain", Median(plains), "s");

        double Load(string kind, string path, string data)
        {
            if (cold)
            {
                PageCache.Drop(data);
            }

            FreshMemory.Warm();

            return LoadProbe.Start(kind, path, keys, prepack).Seconds;
        }
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
