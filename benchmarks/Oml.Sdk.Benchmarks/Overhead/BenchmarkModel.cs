using System.IO.Compression;
using Oml.Sdk.Benchmarks.Harness;
using Oml.Sdk.TestModels;

namespace Oml.Sdk.Benchmarks.Overhead;

/// <summary>A model that the overhead is measured on, with one input, and the overhead that it may have.</summary>
/// <param name="Name">Its name in tables.</param>
/// <param name="Model">The bytes of the ONNX file.</param>
/// <param name="InputName">The name of its input.</param>
/// <param name="Shape">The shape of the input.</param>
/// <param name="Input">Its elements: <c>float[]</c> or <c>int[]</c>.</param>
/// <param name="Target">The largest overhead, as a share of the bare time.</param>
internal sealed record BenchmarkModel(string Name, byte[] Model, string InputName, long[] Shape, Array Input, double Target)
{
    private const double FewMicroseconds = 0.05;
    private const double HundredMicroseconds = 0.02;
    private const double Milliseconds = 0.005;

    /// <summary>The models of the budget: real ones where they are, made ones of the same cost where not.</summary>
    public static IReadOnlyList<BenchmarkModel> All { get; } = [Small(), Middle(), Large()];

    /// <summary>mnist-8, about 20 µs.</summary>
    private static BenchmarkModel Small()
    {
        string? path = BenchData.Find("mnist", "model.onnx");
        return path is null
            ? new("generated, ~20 µs", TestModel.Mlp(256, 256, 4, 10), "x", [1, 256], Floats(256), FewMicroseconds)
            : new("mnist-8, ~20 µs", File.ReadAllBytes(path), "Input3", [1, 1, 28, 28], Floats(784), FewMicroseconds);
    }

    /// <summary>A stack of matrix products, about 100 µs.</summary>
    private static BenchmarkModel Middle() =>
        new("generated, ~100 µs", TestModel.Mlp(256, 512, 4, 1000), "x", [1, 256], Floats(256), HundredMicroseconds);

    /// <summary>magika, about 4 ms, on the first of its real inputs.</summary>
    private static BenchmarkModel Large()
    {
        string? path = BenchData.Find("magika", "model.onnx");
        return path is null
            ? new("generated, ~4 ms", TestModel.Mlp(1024, 2048, 6, 1000), "x", [1, 1024], Floats(1024), Milliseconds)
            : new("magika, ~4 ms", File.ReadAllBytes(path), "bytes", [1, 2048], MagikaRow(), Milliseconds);
    }

    private static float[] Floats(int count)
    {
        Random random = new(1);
        float[] values = new float[count];
        Array.ForEach(Enumerable.Range(0, count).ToArray(), i => values[i] = random.NextSingle());
        return values;
    }

    private static int[] MagikaRow()
    {
        using GZipStream stream = new(File.OpenRead(BenchData.Find("magika", "inputs.u16.gz")!), CompressionMode.Decompress);
        byte[] bytes = new byte[2048 * sizeof(ushort)];
        stream.ReadExactly(bytes);
        return [.. System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ushort>(bytes).ToArray().Select(value => (int)value)];
    }
}
