using Oml.Sdk.Inference;

namespace Oml.Sdk.Generation.Decoding;

/// <summary>Finds what belongs to an input of the cache: the output that is its next value, and the dimension that grows.</summary>
internal static class CacheNames
{
    private const string LongPast = "past_key_values";
    private const string Past = "past";

    // Key and value in one: [2, batch, heads, tokens, size]; apart: [batch, heads, tokens, size], tokens and heads also the other way round.
    private const int JoinedRank = 5;
    private const int SeparateRank = 4;

    public static DecoderInput ReadPast(TensorInfo info, ModelSignature signature)
    {
        int present = FindPresent(info.Name, signature);
        if (present < 0)
        {
            throw new UnsupportedModelException(
                $"The model takes '{info.Name}' and returns no next value of it, '{PresentNames(info.Name).First()}'; it returns " +
                $"{string.Join(", ", signature.Outputs.Select(output => $"'{output.Name}'"))}.");
        }

        if (signature.Outputs[present].ElementType != info.ElementType)
        {
            throw new UnsupportedModelException($"The model returns {signature.Outputs[present]} as the next value of {info}, which is of another type.");
        }

        return new DecoderInput(info, DecoderRole.Past, present, FindSequenceAxis(info));
    }

    private static int FindPresent(string past, ModelSignature signature)
    {
        foreach (string name in PresentNames(past))
        {
            if (signature.FindOutput(name) is { } output)
            {
                return signature.Outputs.IndexOf(output);
            }
        }

        return -1;
    }

    private static IEnumerable<string> PresentNames(string past)
    {
        if (past.StartsWith(LongPast, StringComparison.Ordinal))
        {
            yield return $"present{past[LongPast.Length..]}";
        }

        yield return $"present{past[Past.Length..]}";
    }

    private static int FindSequenceAxis(TensorInfo info)
    {
        int batch = info.Shape.Length == JoinedRank ? 1 : 0;
        int[] open = [.. Enumerable.Range(0, info.Shape.Length).Where(axis => axis != batch && info.Shape[axis] < 0)];
        bool fits = !info.IsAnyRank
            && info.Shape.Length is JoinedRank or SeparateRank
            && (info.Shape.Length == SeparateRank || info.Shape[0] == 2)
            && info.Shape[batch] is < 0 or 1
            && open.Length == 1;
        return fits
            ? open[0]
            : throw new UnsupportedModelException(
                $"The cache's input {info} must have the dimensions [batch, heads, tokens, size] or [2, batch, heads, tokens, size], in which " +
                "only batch and tokens are open.");
    }
}
