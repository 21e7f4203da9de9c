using Oml.Sdk.Inference;

namespace Oml.Sdk.Fingerprints;

/// <summary>Refuses outputs that a fingerprint of rows cannot mark.</summary>
internal static class MarkableOutput
{
    /// <exception cref="NotSupportedException">It cannot be marked; the message names it and says what can.</exception>
    public static void Check(TensorInfo output, string kind, int leastRowLength)
    {
        CheckType(output, kind);
        if (!output.IsAnyRank && output.Shape.Length == 0)
        {
            throw new NotSupportedException(
                $"The output '{output.Name}' is a scalar; a {kind} fingerprint marks outputs of one dimension or more.");
        }

        if (!output.IsAnyRank && output.Shape[^1] is var length && length >= 0 && length < leastRowLength)
        {
            throw new NotSupportedException(
                $"The rows of the output '{output.Name}' have {length} elements; a {kind} fingerprint needs {leastRowLength} or more.");
        }
    }

    /// <summary>Refuses a strength that the format of the output would round away.</summary>
    /// <exception cref="NotSupportedException">It is too little; the message names the option and what it must be.</exception>
    public static void CheckStrength(TensorInfo output, string option, double strength, double leastOfHalf)
    {
        if (output.ElementType == TensorElementType.Float16 && strength < leastOfHalf)
        {
            throw new NotSupportedException(
                $"The output '{output.Name}' is Float16, which rounds a {option} of {strength} away; it must be at least {leastOfHalf}.");
        }
    }

    /// <exception cref="NotSupportedException">Its elements are of another type; the message names it and says what can.</exception>
    public static void CheckType(TensorInfo output, string kind)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (output.ElementType is not (TensorElementType.Float32 or TensorElementType.Float16 or TensorElementType.Float64))
        {
            throw new NotSupportedException(
                $"The output '{output.Name}' has elements of type {output.ElementType}; a {kind} fingerprint marks Float32, Float16 and Float64 outputs.");
        }
    }
}
