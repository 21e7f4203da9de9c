using Oml.Sdk.Telemetry;

namespace Oml.Sdk.Inference;

/// <summary>Measures how long the model runs, while somebody listens.</summary>
internal sealed class ObservedInferenceBackend(IInferenceBackend inner, TimeProvider time, KeyValuePair<string, object?> modelTag)
    : DelegatingInferenceBackend(inner)
{
    public override ValueTask<InferenceOutputs> InferAsync(InferenceInputs inputs, CancellationToken cancellationToken = default) =>
        OmlTelemetry.InferenceSeconds.Enabled ? MeasureAsync(inputs, cancellationToken) : Inner.InferAsync(inputs, cancellationToken);

    private async ValueTask<InferenceOutputs> MeasureAsync(InferenceInputs inputs, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        InferenceOutputs outputs = await Inner.InferAsync(inputs, cancellationToken).ConfigureAwait(false);
        OmlTelemetry.InferenceSeconds.Record(time.GetElapsedTime(start).TotalSeconds, modelTag);
        return outputs;
    }
}
