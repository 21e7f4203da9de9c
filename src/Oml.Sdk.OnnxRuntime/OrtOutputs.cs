using Microsoft.ML.OnnxRuntime;

namespace Oml.Sdk.OnnxRuntime;

/// <summary>Holds the values that one run returned.</summary>
internal sealed class OrtOutputs(IDisposableReadOnlyCollection<OrtValue> values) : IDisposable
{
    private IDisposableReadOnlyCollection<OrtValue>? _values = values;

    public void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _values) is null, typeof(Inference.InferenceOutputs));

    public void Dispose() => Interlocked.Exchange(ref _values, null)?.Dispose();
}
