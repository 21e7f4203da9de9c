using System.Collections.Immutable;

namespace Oml.Sdk.Sealing.Onnx;

/// <summary>Finds the initializers that a runtime can use where they are put, so that they need not come with the graph.</summary>
/// <remarks>
/// A runtime that computes with values while it loads must copy them: it lays out the weights of convolutions anew, folds the normalizations
/// behind them in, and replaces nodes that read nothing but constants by their results. Those stay in the graph: outside of it,
/// all weights of the model would be copied for their sake. So do initializers that a caller may override, and those whose values are
/// lists of numbers instead of raw data.
/// </remarks>
internal static class MovableTensors
{
    // The first version in which an initializer that is an input too is only a default.
    private const int OverridableInitializers = 4;

    public static ImmutableArray<InlineTensor> In(OnnxModelScan scan)
    {
        InlineTensor[] large = [.. scan.LargeInlineTensors.Where(tensor => tensor.Data.Length >= InlinePolicy.MovedBytes && !InlinePolicy.MustBeInline(tensor))];
        if (large.Length == 0)
        {
            return [];
        }

        HashSet<string> stay = ReadWhileLoading(new OnnxGraphView(scan.Model));
        if (scan.IrVersion >= OverridableInitializers)
        {
            stay.UnionWith(scan.InputNames);
        }

        return [.. large.Where(tensor => !stay.Contains(tensor.Name))];
    }

    private static HashSet<string> ReadWhileLoading(OnnxGraphView graph)
    {
        HashSet<string> constants = graph.InitializerNames();
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (OnnxNode node in graph.Nodes())
        {
            if (IsRearranged(node) || IsFolded(node, constants))
            {
                names.UnionWith(node.Inputs);
            }
        }

        return names;
    }

    private static bool IsRearranged(OnnxNode node) =>
        node.Operation.Contains("Conv", StringComparison.Ordinal) || node.Operation == "BatchNormalization";

    // Quantized weights stay quantized.
    private static bool IsFolded(OnnxNode node, HashSet<string> constants) =>
        node.Operation != "DequantizeLinear" && node.Inputs.Length > 0 && node.Inputs.All(input => input.Length == 0 || constants.Contains(input));
}
