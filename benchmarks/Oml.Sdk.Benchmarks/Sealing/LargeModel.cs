using System.Runtime.InteropServices;
using Oml.Sdk.TestModels;

namespace Oml.Sdk.Benchmarks.Sealing;

/// <summary>A model of any size on the disk, as exporters write them: a small graph, and one file of weights beside it.</summary>
internal static class LargeModel
{
    public const int Width = 4096;
    public const string WeightsFile = "weights.bin";
    private const long LayerBytes = (long)Width * Width * sizeof(float);

    /// <summary>Writes matrix products of 64 MiB each.</summary>
    /// <returns>The path of the graph.</returns>
    public static string Write(string folder, int layers)
    {
        OnnxGraph graph = new OnnxGraph("large").Input("x", OnnxType.Float, 1, Width);
        string value = "x";
        for (int layer = 0; layer < layers; layer++)
        {
            graph.Initializer($"w{layer}", OnnxTensor.External(OnnxType.Float, WeightsFile, layer * LayerBytes, LayerBytes, Width, Width))
                .Node("MatMul", [value, $"w{layer}"], [$"h{layer}"]);
            value = $"h{layer}";
        }

        string path = Path.Combine(folder, "model.onnx");
        File.WriteAllBytes(path, graph.Node("Tanh", [value], ["y"]).Output("y", OnnxType.Float, 1, Width).ToArray());
        using FileStream file = File.Create(Path.Combine(folder, WeightsFile));
        byte[] block = new byte[1 << 20];
        Random random = new(1);
        for (long done = 0; done < layers * LayerBytes; done += block.Length)
        {
            // No two layers alike: ONNX Runtime keeps one copy of what it rearranged to the same bytes, and no real model would gain by that.
            random.NextBytes(block);
            ToWeights(MemoryMarshal.Cast<byte, uint>(block.AsSpan()));
            file.Write(block);
        }

        return path;
    }

    // Random bits become numbers between −1/64 and 1/64.
    private static void ToWeights(Span<uint> bits)
    {
        for (int i = 0; i < bits.Length; i++)
        {
            float between1And2 = BitConverter.UInt32BitsToSingle(0x3F800000 | (bits[i] >> 9));
            bits[i] = BitConverter.SingleToUInt32Bits((between1And2 - 1.5f) / 32);
        }
    }
}
