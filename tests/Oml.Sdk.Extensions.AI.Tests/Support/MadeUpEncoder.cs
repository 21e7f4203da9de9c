using Oml.Sdk.Inference;

namespace Oml.Sdk.Extensions.AI.Tests.Support;

/// <summary>An encoder in managed memory that returns whatever it is told to, also what it does not declare.</summary>
/// <param name="outputs">What it declares.</param>
/// <param name="run">What it returns for texts [texts, tokens].</param>
internal sealed class MadeUpEncoder(TensorInfo[] outputs, Func<long, long, OutputTensor[]> run) : IInferenceBackend
{
    private int _runs;

    public ModelSignature Signature { get; } = new(
        [new("input_ids", TensorElementType.Int64, [-1, -1]), new("attention_mask", TensorElementType.Int64, [-1, -1])], [.. outputs]);

    public string ExecutionProvider => "Managed";

    /// <summary>Called in each run with its number, from 1.</summary>
    public Action<int>? During { get; set; }

    public Task<Licensed> LicenseAsync() => Licensed.OnnxAsync("an encoder"u8.ToArray(), builder => builder.UseBackend((_, _, _) => new(this)));

    public ValueTask<InferenceOutputs> InferAsync(InferenceInputs inputs, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Signature.Validate(inputs);
        During?.Invoke(Interlocked.Increment(ref _runs));
        return new(new InferenceOutputs([.. run(inputs["input_ids"].Shape[0], inputs["input_ids"].Shape[1])]));
    }

    public ValueTask DisposeAsync() => default;
}
