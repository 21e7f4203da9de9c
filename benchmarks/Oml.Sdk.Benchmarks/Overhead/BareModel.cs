using Microsoft.ML.OnnxRuntime;

namespace Oml.Sdk.Benchmarks.Overhead;

/// <summary>A model in ONNX Runtime alone, written as its users write it: a value over the input, one run, one read.</summary>
internal sealed class BareModel : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly string[] _inputs;
    private readonly string[] _outputs;
    private readonly BenchmarkModel _model;

    public BareModel(BenchmarkModel model)
    {
        using SessionOptions options = new() { IntraOpNumThreads = 1 };
        _session = new InferenceSession(model.Model, options);
        _inputs = [model.InputName];
        _outputs = [_session.OutputNames[0]];
        _model = model;
    }

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
        _session.Dispose();
        _options.Dispose();
    }
}
