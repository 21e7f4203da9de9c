using Oml.Sdk.Inference;

namespace Oml.Sdk.AotChecks;

/// <summary>Adds three numbers up: a model that needs no native runtime.</summary>
internal sealed class SumBackend : IInferenceBackend
{
    public ModelSignature Signature { get; } = new(
        [new TensorInfo("x", TensorElementType.Float32, [1, 3])], [new TensorInfo("sum", TensorElementType.Float32, [1, 1])]);

    public string ExecutionProvider => "Managed";

    public static InferenceInputs Inputs(params float[] x) => new InferenceInputs().Add("x", x, 1, x.Length);

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
