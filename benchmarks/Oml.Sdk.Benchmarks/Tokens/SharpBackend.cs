using System.Numerics.Tensors;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Benchmarks.Tokens;

/// <summary>Multiplies the logits of a backend that somebody else owns.</summary>
internal sealed class SharpBackend(IInferenceBackend inner, float factor) : IInferenceBackend
{
    public ModelSignature Signature => inner.Signature;

    public string ExecutionProvider => inner.ExecutionProvider;

    public async ValueTask<InferenceOutputs> InferAsync(InferenceInputs inputs, CancellationToken cancellationToken = default)
    {
        InferenceOutputs outputs = await inner.InferAsync(inputs, cancellationToken);
        Span<float> logits = outputs["logits"].GetSpan<float>();
        TensorPrimitives.Multiply(logits, factor, logits);
        return outputs;
    }

    public ValueTask DisposeAsync() => default;
}
