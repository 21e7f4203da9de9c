using Oml.Sdk.Inference;

namespace Oml.Sdk.AotChecks;

/// <summary>An encoder in managed memory: the state of a token is the token and 1.</summary>
internal sealed class EncoderBackend : IInferenceBackend
{
    public ModelSignature Signature { get; } = new(
        [new TensorInfo("input_ids", TensorElementType.Int64, [-1, -1]), new TensorInfo("attention_mask", TensorElementType.Int64, [-1, -1])],
        [new TensorInfo("last_hidden_state", TensorElementType.Float32, [-1, -1, 2])]);

    public string ExecutionProvider => "Managed";

    public ValueTask<InferenceOutputs> InferAsync(InferenceInputs inputs, CancellationToken cancellationToken = default)
    {
        InputTensor<long> ids = (InputTensor<long>)inputs["input_ids"];
        float[] states = [.. ids.Data.ToArray().SelectMany(id => new float[] { id, 1 })];
        return new(new InferenceOutputs([OutputTensor.Create("last_hidden_state", states, ids.Shape[0], ids.Shape[1], 2)]));
    }

    public ValueTask DisposeAsync() => default;
}
