using Oml.Sdk.Generation;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Extensions.AI.Embeddings;

/// <summary>Which input and output of an encoder model is what. The names are those that exporters give.</summary>
internal sealed class EncoderLayout
{
    public const string Ids = "input_ids";
    public const string Mask = "attention_mask";
    public const string Types = "token_type_ids";

    private EncoderLayout(ModelSignature signature, TensorInfo output)
    {
        TensorInfo ids = signature.Inputs.First(info => info.Name == Ids);
        Inputs = [.. signature.Inputs];
        Output = output;
        HasMask = Inputs.Any(info => info.Name == Mask);
        TakesOneText = !ids.IsAnyRank && ids.Shape[0] == 1;
        FixedTokens = !ids.IsAnyRank && ids.Shape[1] > 0 ? (int)ids.Shape[1] : null;
        long last = output.IsAnyRank ? -1 : output.Shape[^1];
        Dimensions = last is > 0 and <= int.MaxValue ? (int)last : null;
    }

    /// <summary>The inputs in the model's order.</summary>
    public TensorInfo[] Inputs { get; }

    /// <summary>The output that embeddings are made of.</summary>
    public TensorInfo Output { get; }

    /// <summary>Whether the model can be told what is padding.</summary>
    public bool HasMask { get; }

    /// <summary>Whether the model takes one text a call.</summary>
    public bool TakesOneText { get; }

    /// <summary>The number of tokens that a model was exported for, or null if it takes any.</summary>
    public int? FixedTokens { get; }

    /// <summary>How long an embedding is, if the model says so.</summary>
    public int? Dimensions { get; }

    /// <summary>Reads a signature.</summary>
    /// <exception cref="UnsupportedModelException">It is not that of an encoder, or of one that is not supported.</exception>
    public static EncoderLayout Read(ModelSignature signature, string? output)
    {
        foreach (TensorInfo info in signature.Inputs)
        {
            CheckInput(info);
        }

        if (signature.Inputs.All(info => info.Name != Ids))
        {
            throw new UnsupportedModelException(
                $"The model takes no '{Ids}'; it takes {string.Join(", ", signature.Inputs)}. Texts are embedded with encoder models.");
        }

        EncoderLayout layout = new(signature, FindOutput(signature, output));
        return layout.FixedTokens is null || layout.HasMask
            ? layout
            : throw new UnsupportedModelException(
                $"The model takes {layout.FixedTokens} tokens and no '{Mask}': it could not tell shorter texts from their padding.");
    }

    private static void CheckInput(TensorInfo info)
    {
        if (info.Name is not (Ids or Mask or Types))
        {
            throw new UnsupportedModelException(
                $"The model takes {info}, and nothing is known to put there; known are '{Ids}', '{Mask}' and '{Types}'.");
        }

        bool fits = info.ElementType is TensorElementType.Int32 or TensorElementType.Int64
            && (info.IsAnyRank || (info.Shape.Length == 2 && info.Shape[0] is < 0 or 1
                && info.Shape[1] is < 0 or (> 0 and <= OmlEmbeddingGeneratorOptions.LargestMaxTokens)));
        if (!fits)
        {
            throw new UnsupportedModelException($"The input {info} must be of Int32 or Int64 and have the dimensions [texts, tokens], the first of them open or 1.");
        }
    }

    private static TensorInfo FindOutput(ModelSignature signature, string? name)
    {
        TensorInfo? found = name is not null
            ? signature.FindOutput(name)
            : signature.FindOutput("sentence_embedding")
                ?? (signature.Outputs.Length == 1 ? signature.Outputs[0] : signature.FindOutput("last_hidden_state"));
        if (found is null)
        {
            throw new UnsupportedModelException(
                $"The model returns {string.Join(", ", signature.Outputs)}, " +
                (name is null ? "of which none is known to be the embedding; name it in the options." : $"and no '{name}'."));
        }

        return found.ElementType is TensorElementType.Float32 or TensorElementType.Float16 && (found.IsAnyRank || found.Shape.Length is 2 or 3)
            ? found
            : throw new UnsupportedModelException(
                $"The output {found} must be of Float32 or Float16 and have the dimensions [texts, dimensions] or [texts, tokens, dimensions].");
    }
}
