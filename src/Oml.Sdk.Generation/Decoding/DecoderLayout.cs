using System.Collections.Immutable;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Generation.Decoding;

/// <summary>Which input and output of a decoder model is what.</summary>
/// <remarks>
/// The names are those that exporters give: <c>input_ids</c>, <c>attention_mask</c>, <c>position_ids</c>, <c>use_cache_branch</c> and
/// <c>logits</c>; <c>past_key_values.0.key</c> and <c>present.0.key</c> (Optimum, ONNX Runtime GenAI), <c>past_0</c> and <c>present_0</c>
/// (ONNX Runtime's own, key and value in one), <c>past_key_0</c> and <c>present_key_0</c>.
/// </remarks>
internal sealed class DecoderLayout
{
    private const string Known = "'input_ids', 'attention_mask', 'position_ids', 'use_cache_branch' and 'past…'";

    private DecoderLayout(ImmutableArray<DecoderInput> inputs, int logits, int? vocabulary)
    {
        Inputs = inputs;
        Logits = logits;
        Vocabulary = vocabulary;
        HasCache = inputs.Any(input => input.Role == DecoderRole.Past);
    }

    /// <summary>The inputs in the model's order.</summary>
    public ImmutableArray<DecoderInput> Inputs { get; }

    /// <summary>The place of the output that holds the logits.</summary>
    public int Logits { get; }

    /// <summary>V, if the model declares it.</summary>
    public int? Vocabulary { get; }

    /// <summary>Whether the model returns what it computed of earlier tokens, and takes it back.</summary>
    public bool HasCache { get; }

    /// <summary>Reads a signature.</summary>
    /// <exception cref="UnsupportedModelException">It is not that of a decoder, or of one that is not supported.</exception>
    public static DecoderLayout Read(ModelSignature signature)
    {
        ImmutableArray<DecoderInput> inputs = [.. signature.Inputs.Select(info => Classify(info, signature))];
        if (!inputs.Any(input => input.Role == DecoderRole.Tokens))
        {
            throw new UnsupportedModelException(
                $"The model takes no 'input_ids'; it takes {string.Join(", ", signature.Inputs)}. Text is generated with decoder models.");
        }

        ThrowIfSharedPresent(inputs, signature);
        int logits = FindLogits(signature, inputs);
        TensorInfo output = signature.Outputs[logits];
        long last = output.IsAnyRank || output.Shape.IsEmpty ? -1 : output.Shape[^1];
        return new DecoderLayout(inputs, logits, last is > 0 and <= int.MaxValue ? (int)last : null);
    }

    private static DecoderInput Classify(TensorInfo info, ModelSignature signature) => info.Name switch
    {
        "input_ids" => new(RequireIntegers(info), DecoderRole.Tokens),
        "attention_mask" => new(RequireIntegers(info), DecoderRole.Mask),
        "position_ids" => new(RequireIntegers(info), DecoderRole.Positions),
        "use_cache_branch" => new(RequireSwitch(info), DecoderRole.UseCache),
        _ when info.Name.StartsWith("past", StringComparison.Ordinal) => CacheNames.ReadPast(info, signature),
        _ => throw new UnsupportedModelException(
            $"The model takes {info}, and nothing is known to put there; known are {Known}. Models with an encoder are not supported."),
    };

    private static TensorInfo RequireIntegers(TensorInfo info)
    {
        if (info.ElementType is not (TensorElementType.Int32 or TensorElementType.Int64))
        {
            throw new UnsupportedModelException($"The input {info} must be of Int32 or Int64.");
        }

        return info.IsAnyRank || (info.Shape.Length == 2 && info.Shape[0] is < 0 or 1 && info.Shape[1] < 0)
            ? info
            : throw new UnsupportedModelException(
                $"The input {info} must have two dimensions, of which the first may be 1 and the second is open. A model that is " +
                "exported for a fixed number of tokens cannot be used.");
    }

    private static TensorInfo RequireSwitch(TensorInfo info) =>
        info.ElementType == TensorElementType.Boolean && info.Accepts([1])
            ? info
            : throw new UnsupportedModelException($"The input {info} must be Boolean[1].");

    private static void ThrowIfSharedPresent(ImmutableArray<DecoderInput> inputs, ModelSignature signature)
    {
        foreach (IGrouping<int, DecoderInput> group in inputs.Where(input => input.Role == DecoderRole.Past).GroupBy(input => input.Present))
        {
            if (group.Count() > 1)
            {
                throw new UnsupportedModelException(
                    $"The output '{signature.Outputs[group.Key].Name}' would be the next value of {string.Join(" and ", group.Select(i => $"'{i.Info.Name}'"))}.");
            }
        }
    }

    private static int FindLogits(ModelSignature signature, ImmutableArray<DecoderInput> inputs)
    {
        TensorInfo[] others = [.. signature.Outputs.Where((_, i) => inputs.All(input => input.Present != i))];
        TensorInfo? logits = signature.FindOutput("logits") ?? (others.Length == 1 ? others[0] : null);
        if (logits is null)
        {
            throw new UnsupportedModelException($"The model returns no 'logits'; it returns {string.Join(", ", signature.Outputs)}.");
        }

        bool fits = logits.ElementType is TensorElementType.Float32 or TensorElementType.Float16
            && (logits.IsAnyRank || logits.Shape.Length is 2 or 3);
        return fits
            ? signature.Outputs.IndexOf(logits)
            : throw new UnsupportedModelException(
                $"The output {logits} must be of Float32 or Float16 and have the dimensions [1, tokens, vocabulary] or [1, vocabulary].");
    }
}
