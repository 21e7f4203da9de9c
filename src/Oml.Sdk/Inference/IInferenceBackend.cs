namespace Oml.Sdk.Inference;

/// <summary>The seam to a runtime that runs one model: named tensors in, named tensors out.</summary>
/// <remarks>
/// <para>The contract, which <c>InferenceBackendContract</c> of Oml.Sdk.Testing checks:</para>
/// <list type="bullet">
/// <item><b>Threads</b>: any number of callers at once.</item>
/// <item><b>Arguments</b>: inputs are never written to and not kept past the call.</item>
/// <item><b>Outputs</b> are in the order of <see cref="ModelSignature.Outputs"/>, belong to the caller, share no memory with
/// other calls or with the inputs, and can be written in place, so that a fingerprint is embedded in the runtime's own memory.</item>
/// <item><b>Cancellation</b>: a token that is cancelled before the call keeps the model from running; during the call it is
/// honoured where the runtime allows. Either way <see cref="OperationCanceledException"/>.</item>
/// <item><b>Errors</b>: inputs that do not fit the signature raise <see cref="InvalidInputException"/>, a run that fails
/// <see cref="InferenceException"/>. The backend stays usable after both.</item>
/// <item><b>Disposal</b> frees the model; later calls raise <see cref="ObjectDisposedException"/>. The facade disposes only when
/// no call is in flight.</item>
/// </list>
/// <para>
/// A runtime on this machine computes on the calling thread and completes synchronously: the call is as asynchronous as the
/// runtime is. Wrap it in <c>Task.Run</c> where the calling thread must stay free.
/// </para>
/// </remarks>
public interface IInferenceBackend : IAsyncDisposable
{
    /// <summary>What the model takes and returns.</summary>
    ModelSignature Signature { get; }

    /// <summary>Where it runs, in the runtime's word for it, e.g. <c>CPUExecutionProvider</c>; for logs, health and telemetry.</summary>
    string ExecutionProvider { get; }

    /// <summary>Runs the model once.</summary>
    /// <param name="inputs">What <see cref="Signature"/> asks for.</param>
    /// <param name="cancellationToken">Stops the call; see the remarks.</param>
    /// <returns>The outputs, which the caller disposes.</returns>
    /// <exception cref="InvalidInputException">The inputs do not fit the signature.</exception>
    /// <exception cref="InferenceException">The runtime failed.</exception>
    ValueTask<InferenceOutputs> InferAsync(InferenceInputs inputs, CancellationToken cancellationToken = default);
}
