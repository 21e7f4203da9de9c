using Oml.Sdk.Inference;

namespace Oml.Sdk.Tests.Support;

/// <summary>A model that gives back a number, for tests that are about permissions and not about models.</summary>
internal sealed class EchoBackend : IInferenceBackend
{
    public ModelSignature Signature { get; } = new(
        [new TensorInfo("x", TensorElementType.Float32, [1])], [new TensorInfo("y", TensorElementType.Float32, [1])]);

    public string ExecutionProvider => "test";

    public static InferenceInputs Inputs() => new InferenceInputs().Add("x", new float[1], 1);

    public ValueTask<InferenceOutputs> InferAsync(InferenceInputs inputs, CancellationToken cancellationToken = default) =>
        new(new InferenceOutputs([OutputTensor.Create("y", new float[1], 1)]));

    public ValueTask DisposeAsync() => default;
}
