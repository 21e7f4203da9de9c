using Oml.Sdk.Inference;

namespace Oml.Sdk.Generation.Tests.Support;

/// <summary>A made-up language model in managed memory: its logits are a function of the whole text, which its cache holds.</summary>
/// <remarks>It checks what it is given: the mask, the places and the switch must fit the text, or it fails.</remarks>
internal sealed class Language(ModelSignature signature, Func<int[], float[]> logits) : IInferenceBackend
{
    public const int Vocabulary = 50;

    private int _runs;

    public ModelSignature Signature => signature;

    public string ExecutionProvider => "Managed";

    /// <summary>How often the model ran.</summary>
    public int Runs => Volatile.Read(ref _runs);

    /// <summary>How many tokens each run was given.</summary>
    public List<int> Lengths { get; } = [];

    /// <summary>Called in each run with its number, from 1.</summary>
    public Action<int>? During { get; set; }

    /// <summary>How much longer or shorter the cache is than it should be.</summary>
    public int CacheError { get; init; }

    /// <summary>Logits that depend on the last three tokens and their places, so that every mistake shows.</summary>
    public static float[] Mixed(int[] text)
    {
        uint state = (uint)text.Length;
        foreach (int token in text.TakeLast(3))
        {
            state = (state * 31) + (uint)token + 7;
        }

        float[] row = new float[Vocabulary];
        for (int i = 0; i < row.Length; i++)
        {
            state = (state * 1664525) + 1013904223;
            row[i] = (state >> 16) / 16384f;
        }

        return row;
    }

    public ValueTask<InferenceOutputs> InferAsync(InferenceInputs inputs, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        signature.Validate(inputs);
        int run = Interlocked.Increment(ref _runs);
        During?.Invoke(run);
        cancellationToken.ThrowIfCancellationRequested();
        int[] ids = Integers(inputs["input_ids"]);
        lock (Lengths)
        {
            Lengths.Add(ids.Length);
        }

        TensorInfo[] pasts = [.. signature.Inputs.Where(info => info.Name.StartsWith("past", StringComparison.Ordinal))];
        int[] past = pasts.Length == 0 ? [] : ReadPast(inputs[pasts[0].Name]);
        pasts.All(info => ReadPast(inputs[info.Name]).SequenceEqual(past)).Should().BeTrue();
        int[] text = [.. past, .. ids];
        Check(inputs, past.Length, text.Length);
        return new(new InferenceOutputs([.. signature.Outputs.Select(output => Output(output, text, ids.Length))]));
    }

    public ValueTask DisposeAsync() => default;

    private static void Check(InferenceInputs inputs, int past, int length)
    {
        if (inputs.Contains("attention_mask"))
        {
            Integers(inputs["attention_mask"]).Should().Equal(Enumerable.Repeat(1, length));
        }

        if (inputs.Contains("position_ids"))
        {
            Integers(inputs["position_ids"]).Should().Equal(Enumerable.Range(past, length - past));
        }

        if (inputs.Contains("use_cache_branch"))
        {
            ((InputTensor<bool>)inputs["use_cache_branch"]).Data.ToArray().Should().Equal(past != 0);
        }
    }

    private OutputTensor Output(TensorInfo info, int[] text, int fresh)
    {
        if (info.Name.StartsWith("present", StringComparison.Ordinal))
        {
            float[] state = [.. text.Select(token => (float)token), .. Enumerable.Repeat(0f, Math.Max(0, CacheError))];
            state = CacheError < 0 ? state[..^-CacheError] : state;
            return info.ElementType == TensorElementType.Float16
                ? OutputTensor.Create(info.Name, state.Select(value => (Half)value).ToArray(), 1, 1, state.Length, 1)
                : info.Shape.Length == 5
                    ? OutputTensor.Create(info.Name, [.. state, .. state], 2, 1, 1, state.Length, 1)
                    : info.Shape[1] < 0
                        ? OutputTensor.Create(info.Name, state, 1, state.Length, 1, 1)
                        : OutputTensor.Create(info.Name, state, 1, 1, state.Length, 1);
        }

        float[] rows = [.. Enumerable.Range(text.Length - fresh + 1, fresh).SelectMany(length => logits(text[..length]))];
        return info.Shape.Length == 2 ? OutputTensor.Create(info.Name, rows[^(rows.Length / fresh)..], 1, rows.Length / fresh)
            : info.ElementType == TensorElementType.Float16
            ? OutputTensor.Create(info.Name, rows.Select(value => (Half)value).ToArray(), 1, fresh, rows.Length / fresh)
            : OutputTensor.Create(info.Name, rows, 1, fresh, rows.Length / fresh);
    }

    private static int[] Integers(InputTensor tensor) => tensor is InputTensor<int> narrow
        ? narrow.Data.ToArray()
        : [.. ((InputTensor<long>)tensor).Data.ToArray().Select(value => (int)value)];

    // Key and value in one hold the text twice.
    private static int[] ReadPast(InputTensor tensor)
    {
        int[] values = tensor is InputTensor<Half> halves
            ? [.. halves.Data.ToArray().Select(value => (int)value)]
            : [.. ((InputTensor<float>)tensor).Data.ToArray().Select(value => (int)value)];
        return tensor.Shape.Length == 5 ? values[..(values.Length / 2)] : values;
    }
}
