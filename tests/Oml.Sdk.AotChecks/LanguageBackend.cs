using Oml.Sdk.Inference;

namespace Oml.Sdk.AotChecks;

/// <summary>A decoder in managed memory, with a cache: its logits depend on the last token and on how many came before.</summary>
internal sealed class LanguageBackend : IInferenceBackend
{
    public const int Vocabulary = 300;

    public ModelSignature Signature { get; } = new(
        [
            new TensorInfo("input_ids", TensorElementType.Int64, [-1, -1]),
            new TensorInfo("past_key_values.0.key", TensorElementType.Float32, [-1, 1, -1, 1]),
        ],
        [
            new TensorInfo("logits", TensorElementType.Float32, [-1, -1, Vocabulary]),
            new TensorInfo("present.0.key", TensorElementType.Float32, [-1, 1, -1, 1]),
        ]);

    public string ExecutionProvider => "Managed";

    public ValueTask<InferenceOutputs> InferAsync(InferenceInputs inputs, CancellationToken cancellationToken = default)
    {
        ReadOnlySpan<long> ids = ((InputTensor<long>)inputs["input_ids"]).Data.Span;
        float[] past = ((InputTensor<float>)inputs["past_key_values.0.key"]).Data.ToArray();
        float[] present = [.. past, .. ids.ToArray()];
        float[] logits = new float[ids.Length * Vocabulary];
        for (int i = 0; i < logits.Length; i++)
        {
            int place = past.Length + (i / Vocabulary);
            logits[i] = MathF.Sin((i % Vocabulary * (present[place] + 1)) + place);
        }

        return new(new InferenceOutputs(
        [
            OutputTensor.Create("logits", logits, 1, ids.Length, Vocabulary),
            OutputTensor.Create("present.0.key", present, 1, 1, present.Length, 1),
        ]));
    }

    public ValueTask DisposeAsync() => default;
}
