using Oml.Sdk.Inference;

namespace Oml.Sdk.SessionHost;

/// <summary>Says "run" for each inference, before it has happened, so that none that was delivered is missing.</summary>
internal sealed class AnnouncingBackend(Announcer announcer) : IInferenceBackend
{
    public ModelSignature Signature { get; } = new(
        [new TensorInfo("x", TensorElementType.Float32, [1])], [new TensorInfo("y", TensorElementType.Float32, [1])]);

    public string ExecutionProvider => "test";

    public ValueTask<InferenceOutputs> InferAsync(InferenceInputs inputs, CancellationToken cancellationToken = default)
    {
        announcer.Say("run");
        return new(new InferenceOutputs([OutputTensor.Create("y", new float[1], 1)]));
    }

    public ValueTask DisposeAsync() => default;
}
