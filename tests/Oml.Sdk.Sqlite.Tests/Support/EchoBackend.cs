using Oml.Sdk.Inference;

namespace Oml.Sdk.Sqlite.Tests.Support;

/// <summary>A model of one number, which gives zero.</summary>
internal sealed class EchoBackend : IInferenceBackend
{
    public ModelSignature Signature { get; } = new(
        [new TensorInfo("x", TensorElementType.Float32, [1])], [new TensorInfo("y", TensorElementType.Float32, [1])]);

    public string ExecutionProvider => "test";

    public ValueTask<InferenceOutputs> InferAsync(InferenceInputs inputs, CancellationToken cancellationToken = default) =>
        new(new InferenceOutputs([OutputTensor.Create("y", new float[1], 1)]));

    public ValueTask DisposeAsync() => default;
}
