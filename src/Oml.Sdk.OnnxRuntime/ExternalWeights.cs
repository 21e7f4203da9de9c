using Microsoft.ML.OnnxRuntime;
using Oml.Sdk.Inference;
using OrtElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace Oml.Sdk.OnnxRuntime;

/// <summary>Weights in native memory, as tensors that a session uses where they are. They live as long as the session.</summary>
internal sealed class ExternalWeights : IDisposable
{
    private readonly List<OrtValue> _values = [];

    /// <summary>Gives the weights of a model to the options of its session.</summary>
    public static ExternalWeights AddTo(SessionOptions options, ModelSource source)
    {
        ExternalWeights weights = new();
        try
        {
            foreach (ExternalInitializer weight in source.ExternalInitializers)
            {
                OrtValue value = OrtValue.CreateTensorValueWithData(
                    OrtMemoryInfo.DefaultInstance,
                    (OrtElementType)weight.DataType,
                    [.. weight.Dimensions],
                    (nint)(weight.File.Address + weight.Offset),
                    weight.Length);
                weights._values.Add(value);
                options.AddInitializer(weight.Name, value);
            }

            return weights;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (OrtValue value in _values)
        {
            value.Dispose();
        }

        _values.Clear();
    }
}
