using Oml.Sdk.Inference;

namespace Oml.Sdk.Extensions.AI.Embeddings;

/// <summary>Texts that the model is run on at once.</summary>
/// <param name="texts">Their tokens, each at least one.</param>
internal sealed class TextBatch(IReadOnlyList<int[]> texts)
{
    public IReadOnlyList<int[]> Texts => texts;

    /// <summary>Divides texts, which keep their order. A model that knows no padding gets only texts of one length at once.</summary>
    public static IEnumerable<TextBatch> Divide(IReadOnlyList<int[]> texts, int most, bool anyLengths)
    {
        List<int[]> batch = [];
        foreach (int[] text in texts)
        {
            if (batch.Count == most || (!anyLengths && batch.Count != 0 && batch[0].Length != text.Length))
            {
                yield return new TextBatch(batch);
                batch = [];
            }

            batch.Add(text);
        }

        if (batch.Count != 0)
        {
            yield return new TextBatch(batch);
        }
    }

    /// <summary>What the model is given.</summary>
    public InferenceInputs ToInputs(EncoderLayout layout, int padding)
    {
        int width = layout.FixedTokens ?? texts.Max(text => text.Length);
        InferenceInputs inputs = new();
        foreach (TensorInfo info in layout.Inputs)
        {
            inputs.Add(info.Name, info.ElementType == TensorElementType.Int32
                ? Fill(info.Name, width, padding, token => token)
                : Fill(info.Name, width, padding, token => (long)token));
        }

        return inputs;
    }

    private InputTensor<T> Fill<T>(string input, int width, int padding, Func<int, T> convert)
        where T : unmanaged
    {
        T[] values = new T[checked(texts.Count * width)];
        T one = convert(1);
        for (int i = 0; i < texts.Count; i++)
        {
            Span<T> row = values.AsSpan(i * width, width);
            switch (input)
            {
                case EncoderLayout.Ids:
                    for (int j = 0; j < texts[i].Length; j++)
                    {
                        row[j] = convert(texts[i][j]);
                    }

                    row[texts[i].Length..].Fill(convert(padding));
                    break;
                case EncoderLayout.Mask:
                    row[..texts[i].Length].Fill(one);
                    break;
            }
        }

        // What is left are the token types: one text is of type 0 throughout.
        return new InputTensor<T>(values, texts.Count, width);
    }
}
