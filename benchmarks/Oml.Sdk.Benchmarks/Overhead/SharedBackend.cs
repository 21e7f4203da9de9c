using Oml.Sdk.Inference;

namespace Oml.Sdk.Benchmarks.Overhead;

/// <summary>A backend that several models use and none of them owns.</summary>
internal sealed class SharedBackend(IInferenceBackend inner) : IInferenceBackend
{
    public ModelSignature Signature => inner.Signature;

    public string ExecutionProvider => inner.ExecutionProvider;

    public ValueTask<InferenceOutputs> InferAsync(InferenceInputs inputs, CancellationToken cancellationToken = default) =>
        inner.InferAsync(inputs, cancellationToken);

    public ValueTask DisposeAsync() => default;
}
