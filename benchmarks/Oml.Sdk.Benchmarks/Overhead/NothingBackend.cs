using Oml.Sdk.Inference;

namespace Oml.Sdk.Benchmarks.Overhead;

/// <summary>A backend that does nothing, so that what is measured is the facade alone.</summary>
internal sealed class NothingBackend : IInferenceBackend
{
    private readonly InferenceOutputs _outputs = new([OutputTensor.Create("y", new float[4], 1, 4)]);

    public ModelSignature Signature { get; } = new(
        [new TensorInfo("x", TensorElementType.Float32, [-1, 4])], [new TensorInfo("y", TensorElementType.Float32, [-1, 4])]);

    public string ExecutionProvider => "None";

    public ValueTask<InferenceOutputs> InferAsync(InferenceInputs inputs, CancellationToken cancellationToken = default) => new(_outputs);

    public ValueTask DisposeAsync() => default;
}
