using Oml.Sdk.Sealing.Onnx;

namespace Oml.Sdk.OnnxRuntime.Tests.Sealing;

/// <summary>Writes a model as exporters write large ones: the graph in one file, its weights in another.</summary>
internal static class ExternalModel
{
    public const string Weights = "weights.bin";

    /// <returns>The path of the graph.</returns>
    public static string Write(string folder, byte[] model)
    {
        OnnxModelScan scan = OnnxModelScanner.Scan(model);
        List<TensorEdit> edits = [];
        using (FileStream file = File.Create(Path.Combine(folder, Weights)))
        {
            foreach (InlineTensor tensor in scan.LargeInlineTensors.Where(t => !InlinePolicy.MustBeInline(t)))
            {
                file.Position = (file.Position + 63) & ~63L;
                edits.Add(TensorEdit.ToExternal(tensor, Weights, file.Position));
                file.Write(model.AsSpan(tensor.Data.Start, tensor.Data.Length));
            }
        }

        string path = Path.Combine(folder, "model.onnx");
        File.WriteAllBytes(path, new OnnxModelRewriter(scan, edits).ToArray());
        return path;
    }
}
