using Microsoft.ML.OnnxRuntime;

namespace Oml.Sdk.Benchmarks.Tokens;

/// <summary>What the model, unmarked, says of a text: one run over the whole. Thread-safe.</summary>
internal sealed class TextScorer(TinyGpt2 model) : IDisposable
{
    private readonly RunOptions _options = new();

    /// <summary>The log-probabilities of every token at every place of a text.</summary>
    /// <param name="prompt">What it continues.</param>
    /// <param name="text">The text.</param>
    /// <returns>A row for each token of the text, over the whole vocabulary, in nats.</returns>
    public double[][] Read(int[] prompt, int[] text)
    {
        int[] tokens = [.. prompt, .. text];
        long[] row = [1, tokens.Length];
        string[] inputs = ["input_ids", "position_ids", "attention_mask", .. Enumerable.Range(0, 5).Select(layer => $"past_{layer}")];
        List<OrtValue> values =
        [
            OrtValue.CreateTensorValueFromMemory(tokens, row),
            OrtValue.CreateTensorValueFromMemory(Enumerable.Range(0, tokens.Length).ToArray(), row),
            OrtValue.CreateTensorValueFromMemory(Enumerable.Repeat(1, tokens.Length).ToArray(), row),
            .. Enumerable.Range(0, 5).Select(_ => OrtValue.CreateTensorValueFromMemory(Array.Empty<float>(), [2, 1, 4, 0, 8])),
        ];
        try
        {
            using IDisposableReadOnlyCollection<OrtValue> outputs = model.Backend.Session.Run(_options, inputs, values, ["logits"]);
            ReadOnlySpan<float> logits = outputs[0].GetTensorDataAsSpan<float>();
            double[][] rows = new double[text.Length][];
            for (int i = 0; i < text.Length; i++)
            {
                rows[i] = LogSoftmax(logits.Slice((prompt.Length + i - 1) * TinyGpt2.Vocabulary, TinyGpt2.Vocabulary), model.Sharpness);
            }

            return rows;
        }
        finally
        {
            values.ForEach(value => value.Dispose());
        }
    }

    /// <summary>The mean log-probability of a token of a text and the mean entropy of its choice, in nats.</summary>
    public (double LogProbability, double Entropy) Score(int[] prompt, int[] text)
    {
        double[][] rows = Read(prompt, text);
        return (rows.Select((row, i) => row[text[i]]).Average(), rows.Average(row => -row.Sum(x => Math.Exp(x) * x)));
    }

    public void Dispose() => _options.Dispose();

    private static double[] LogSoftmax(ReadOnlySpan<float> logits, double sharpness)
    {
        double[] row = new double[logits.Length];
        for (int i = 0; i < row.Length; i++)
        {
            row[i] = logits[i] * sharpness;
        }

        double most = row.Max();
        double normalizer = most + Math.Log(row.Sum(x => Math.Exp(x - most)));
        foreach (ref double x in row.AsSpan())
        {
            x -= normalizer;
        }

        return row;
    }
}
