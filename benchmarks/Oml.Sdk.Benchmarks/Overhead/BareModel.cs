using Microsoft.ML.OnnxRuntime;
using Oml.Sdk.Inference;
using Oml.Sdk.OnnxRuntime;

namespace Oml.Sdk.Benchmarks.Overhead;

/// <summary>A model in ONNX Runtime alone, run as its users run it: a value over the input, one run, one read.</summary>
/// <remarks>
/// The session is that of <see cref="Backend"/>, which protected models share: two sessions of one model differ by some percent with
/// the places of their weights in memory, which is more than what is to be measured.
/// </remarks>
internal sealed class BareModel : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly string[] _inputs;
    private readonly string[] _outputs;
    private readonly BenchmarkModel _model;

    public BareModel(BenchmarkModel model)
    {
        Backend = OnnxRuntimeBackend.Load(ModelSource.FromBytes(model.Model), new OnnxRuntimeOptions { IntraOpThreads = 1 });
        _session = Backend.Session;
        _inputs = [model.InputName];
        _outputs = [_session.OutputNames[0]];
        _model = model;
    }

    public OnnxRuntimeBackend Backend { get; }

    public float Infer()
    {
        using OrtValue input = _model.Input is float[] floats
            ? OrtValue.CreateTensorValueFromMemory(floats, _model.Shape)
            : OrtValue.CreateTensorValueFromMemory((int[])_model.Input, _model.Shape);
        using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(_options, _inputs, [input], _outputs);
        return outputs[0].GetTensorDataAsSpan<float>()[0];
    }

    public void Infer(int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            Infer();
        }
    }

    public void Dispose()
    {
        _options.Dispose();
        Backend.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
