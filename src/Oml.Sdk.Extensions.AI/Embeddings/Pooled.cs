using System.Numerics.Tensors;
using Oml.Sdk.Generation;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Extensions.AI.Embeddings;

/// <summary>Embeddings out of what a model returned.</summary>
internal static class Pooled
{
    /// <summary>One embedding a text.</summary>
    /// <exception cref="UnsupportedModelException">The output has other dimensions than the texts ask for, or elements of another type.</exception>
    /// <exception cref="InferenceException">An embedding is not finite.</exception>
    public static float[][] Read(OutputTensor output, TextBatch batch, int width, EncoderSettings settings)
    {
        ReadOnlySpan<long> shape = output.Shape;
        bool isPooled = shape.Length == 2 && shape[0] == batch.Texts.Count;
        bool hasStates = shape.Length == 3 && shape[0] == batch.Texts.Count && shape[1] == width;
        if ((!isPooled && !hasStates) || shape[^1] is < 1 or > int.MaxValue)
        {
            throw new UnsupportedModelException(
                $"The output '{output.Name}' came with the dimensions [{string.Join(", ", shape.ToArray())}]; expected were " +
                $"[{batch.Texts.Count}, dimensions] or [{batch.Texts.Count}, {width}, dimensions].");
        }

        int dimensions = (int)shape[^1];
        ReadOnlySpan<float> values = Singles(output);
        float[][] embeddings = new float[batch.Texts.Count][];
        for (int i = 0; i < embeddings.Length; i++)
        {
            float[] embedding = isPooled
                ? values.Slice(i * dimensions, dimensions).ToArray()
                : Pool(values.Slice(i * width * dimensions, width * dimensions), batch.Texts[i].Length, dimensions, settings.Pooling);
            embeddings[i] = Finish(embedding, output.Name, settings.Normalizes);
        }

        return embeddings;
    }

    private static float[] Pool(ReadOnlySpan<float> states, int tokens, int dimensions, EmbeddingPooling pooling)
    {
        if (pooling != EmbeddingPooling.Mean)
        {
            int token = pooling == EmbeddingPooling.Cls ? 0 : tokens - 1;
            return states.Slice(token * dimensions, dimensions).ToArray();
        }

        float[] sum = new float[dimensions];
        for (int i = 0; i < tokens; i++)
        {
            TensorPrimitives.Add(sum, states.Slice(i * dimensions, dimensions), sum);
        }

        TensorPrimitives.Divide(sum, tokens, sum);
        return sum;
    }

    private static float[] Finish(float[] embedding, string output, bool normalizes)
    {
        if (!TensorPrimitives.IsFiniteAll<float>(embedding))
        {
            throw new InferenceException($"The output '{output}' gives an embedding that is not finite.");
        }

        // The largest element first, so that squares neither overflow nor vanish.
        float largest = Math.Abs(TensorPrimitives.MaxMagnitude<float>(embedding));
        if (normalizes && largest > 0)
        {
            TensorPrimitives.Divide(embedding, largest, embedding);
            TensorPrimitives.Divide(embedding, TensorPrimitives.Norm<float>(embedding), embedding);
        }

        return embedding;
    }

    private static ReadOnlySpan<float> Singles(OutputTensor output)
    {
        if (output.ElementType == TensorElementType.Float32)
        {
            return output.GetSpan<float>();
        }

        if (output.ElementType != TensorElementType.Float16)
        {
            throw new UnsupportedModelException($"The output '{output.Name}' came with elements of type {output.ElementType}; expected were Float32 or Float16.");
        }

        ReadOnlySpan<Half> halves = output.GetSpan<Half>();
        float[] singles = new float[halves.Length];
        TensorPrimitives.ConvertToSingle(halves, singles);
        return singles;
    }
}
