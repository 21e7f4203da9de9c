using Oml.Sdk.Inference;

namespace Oml.Sdk.Tests.Support;

/// <summary>A backend that costs nothing: the same outputs every time, so that what is left is the facade's own.</summary>
internal sealed class FixedBackend(InferenceOutputs outputs) : IInferenceBackend
{
    public ModelSignature Signature { get; } = new(
        [new TensorInfo("x", TensorElementType.Float32, [-1, 4])], [new TensorInfo("y", TensorElementType.Float32, [-1, 4])]);

    public string ExecutionProvider => "None";

    public ValueTask<InferenceOutputs> InferAsync(InferenceInputs inputs, CancellationToken cancellationToken = default) => new(outputs);

    public ValueTask DisposeAsync() => default;
}
