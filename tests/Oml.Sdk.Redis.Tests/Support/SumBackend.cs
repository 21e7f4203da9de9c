using Oml.Sdk.Inference;

namespace Oml.Sdk.Redis.Tests.Support;

/// <summary>Adds numbers up: a model that needs no runtime.</summary>
internal sealed class SumBackend : IInferenceBackend
{
    public ModelSignature Signature { get; } = new(
        [new TensorInfo("x", TensorElementType.Float32, [1, 3])], [new TensorInfo("sum", TensorElementType.Float32, [1, 1])]);

    public string ExecutionProvider => "Managed";

    public static InferenceInputs Inputs() => new InferenceInputs().Add("x", new float[] { 1, 2, 3 }, 1, 3);

    public ValueTask<InferenceOutputs> InferAsync(InferenceInputs inputs, CancellationToken cancellationToken = default)
    {
        float sum = 0;
        foreach (float x in ((InputTensor<float>)inputs["x"]).Data.Span)
        {
            sum += x;
        }

        return new(new InferenceOutputs([OutputTensor.Create("sum", new[] { sum }, 1, 1)]));
    }

    public ValueTask DisposeAsync() => default;
}
