using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Kernels;
using Oml.Sdk.Sealing.Onnx;

namespace Oml.Sdk.Sealing.Baking;

/// <summary>Decides where in a graph a licensee's signs go.</summary>
internal static class BakingPlanner
{
    /// <summary>Plans the change of a model.</summary>
    /// <param name="scan">The clean model.</param>
    /// <param name="subject">Whom the fingerprint names.</param>
    /// <param name="options">How to mark.</param>
    /// <param name="carrier">The licensee's key.</param>
    /// <param name="readExternal">Reads the values of an external tensor; null if they are not at hand.</param>
    /// <exception cref="OnnxFormatException">The model contradicts itself.</exception>
    /// <exception cref="BakingException">The model cannot be marked.</exception>
    public static BakingPlan Plan(
        OnnxModelScan scan, FingerprintSubject subject, BakingOptions options, CarrierKey carrier, Func<ExternalTensor, byte[]>? readExternal)
    {
        OnnxGraphView graph = new(scan.Model);
        if (AddedNode.IsIn(graph))
        {
            throw new BakingException(
                BakingFailure.AlreadyBaked, "The model carries a baked fingerprint already; bake into the clean model, from which all copies are made.");
        }

        long opset = scan.OpsetImports.FirstOrDefault(set => set.Domain is "" or "ai.onnx").Version;
        BakingTarget target = BakingTarget.Find(graph, opset < 13 ? 1 : -1, options.Output);
        TargetBias? bias = TargetBias.Find(graph, scan, target, readExternal);
        int length = target.RowLength ?? bias?.Length ?? throw new BakingException(
            BakingFailure.UnknownRowLength,
            $"The last dimension of the output {OnnxText.Quote(target.Output.Name)} is not fixed in the model; export it with a fixed one.");
        if (length is < BakedLayout.LeastRowLength or > BakedLayout.MaxRowLength)
        {
            throw new BakingException(
                BakingFailure.UnsupportedRowLength,
                $"The rows of the output {OnnxText.Quote(target.Output.Name)} have {length} elements; {BakedLayout.LeastRowLength} to {BakedLayout.MaxRowLength} are " +
                "supported, as fewer signs do not tell a million licensees apart. Mark shorter ones at run time, with LogitFingerprint.");
        }

        CheckAmplitude(target.Output, options.Amplitude);
        sbyte[] signs = BakedLayout.Signs(carrier, length);
        return bias?.Plan(subject, signs, options.Amplitude) ?? AddedNode.Plan(target, subject, signs, options.Amplitude, opset);
    }

    private static void CheckAmplitude(OnnxOutput output, double amplitude)
    {
        // Normal numbers only, so that the amplitude is what was asked for, with room above for the scores.
        (double least, double most, string type) = output.ElementType == OnnxElementType.Float16
            ? (Math.ScaleB(1, -14), Math.ScaleB(1, 10), "Float16")
            : (Math.ScaleB(1, -126), Math.ScaleB(1, 101), output.ElementType == OnnxElementType.Float ? "Float32" : "Double");
        if (!(amplitude >= least && amplitude <= most))
        {
            throw new BakingException(
                BakingFailure.AmplitudeOutOfRange,
                $"The amplitude {amplitude} is not within {least} to {most}, for the output {OnnxText.Quote(output.Name)} of type {type}.");
        }
    }
}
