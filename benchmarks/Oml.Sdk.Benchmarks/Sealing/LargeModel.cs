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
        byte[] block = new byte[1 << 20];
        Random random = new(1);
        for (int i = 0; i < block.Length / sizeof(float); i++)
        {
            BitConverter.TryWriteBytes(block.AsSpan(i * sizeof(float)), ((float)random.NextDouble() - 0.5f) / 64);
        }

        using FileStream file = File.Create(Path.Combine(folder, WeightsFile));
        for (long done = 0; done < layers * LayerBytes; done += block.Length)
        {
            file.Write(block);
        }

        return path;
    }
}
