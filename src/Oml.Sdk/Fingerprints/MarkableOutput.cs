using Oml.Sdk.Inference;

namespace Oml.Sdk.Fingerprints;

/// <summary>Refuses outputs that a fingerprint of Float32 rows cannot mark.</summary>
internal static class MarkableOutput
{
    /// <exception cref="NotSupportedException">It cannot be marked; the message names it and says what can.</exception>
    public static void Check(TensorInfo output, string kind, int leastRowLength)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (output.ElementType != TensorElementType.Float32)
        {
            throw new NotSupportedException(
                $"The output '{output.Name}' has elements of type {output.ElementType}; a {kind} fingerprint marks Float32 outputs.");
        }

        if (!output.IsAnyRank && output.Shape.Length == 0)
        {
            throw new NotSupportedException(
                $"The output '{output.Name}' is a scalar; a {kind} fingerprint marks Float32 outputs of one dimension or more.");
        }

        if (!output.IsAnyRank && output.Shape[^1] is var length && length >= 0 && length < leastRowLength)
        {
            throw new NotSupportedException(
                $"The rows of the output '{output.Name}' have {length} elements; a {kind} fingerprint needs {leastRowLength} or more.");
        }
    }
}
