using Oml.Sdk.Inference;

namespace Oml.Sdk.Tests.Support;

/// <summary>A backend in managed memory: <c>y = f(x)</c> row by row, with hooks that the tests hold on to.</summary>
internal sealed class ManagedBackend : IInferenceBackend
{
    private readonly Func<float, float> _function;
    private int _runs;
    private int _running;

    public ManagedBackend(Func<float, float>? function = null) => _function = function ?? (x => (2 * x) + 1);

    public ModelSignature Signature { get; init; } = new(
        [new TensorInfo("x", TensorElementType.Float32, [-1, 4], ["batch", null])],
        [new TensorInfo("y", TensorElementType.Float32, [-1, 4], ["batch", null])]);

    public string ExecutionProvider => "Managed";

    /// <summary>How often the model ran.</summary>
    public int Runs => Volatile.Read(ref _runs);

    public bool Disposed { get; private set; }

    /// <summary>Whether <see cref="DisposeAsync"/> came while a call was running.</summary>
    public bool DisposedWhileRunning { get; private set; }

    /// <summary>Awaited inside the call, before the result is computed.</summary>
    public Func<CancellationToken, Task>? During { get; set; }

    public async ValueTask<InferenceOutputs> InferAsync(InferenceInputs inputs, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(Disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        Signature.Validate(inputs);
        Interlocked.Increment(ref _runs);
        Interlocked.Increment(ref _running);
        try
        {
            if (During is not null)
            {
                await During(cancellationToken);
            }

            var x = (InputTensor<float>)inputs["x"];
            float[] y = [.. x.Data.ToArray().Select(_function)];
            return new InferenceOutputs([OutputTensor.Create("y", y, x.Shape)]);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    public ValueTask DisposeAsync()
    {
        DisposedWhileRunning |= Volatile.Read(ref _running) != 0;
        Disposed = true;
        return default;
    }
}
