using Microsoft.ML.OnnxRuntime;

namespace Oml.Sdk.OnnxRuntime.Tests.TestModels;

/// <summary>A test model in ONNX Runtime itself, without the code under test between.</summary>
internal sealed class LoadedModel(byte[] model) : IDisposable
{
    private readonly InferenceSession _session = new(model);

    public InferenceSession Session => _session;

    public T[] Run<T>(string output, params (string Name, OrtValue Value)[] inputs)
        where T : unmanaged
    {
        using RunOptions options = new();
        using IDisposableReadOnlyCollection<OrtValue> results = _session.Run(
            options, [.. inputs.Select(input => input.Name)], [.. inputs.Select(input => input.Value)], [output]);
        T[] values = results[0].GetTensorDataAsSpan<T>().ToArray();
        Array.ForEach(inputs, input => input.Value.Dispose());
        return values;
    }

    public static OrtValue Tensor<T>(T[] elements, params long[] shape)
        where T : unmanaged => OrtValue.CreateTensorValueFromMemory(elements, shape);

    public void Dispose() => _session.Dispose();
}
