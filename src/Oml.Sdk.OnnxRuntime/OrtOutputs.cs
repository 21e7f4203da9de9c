using Microsoft.ML.OnnxRuntime;

namespace Oml.Sdk.OnnxRuntime;

/// <summary>Holds the values that one run returned, and copies of those that are not its own.</summary>
internal sealed class OrtOutputs(IDisposableReadOnlyCollection<OrtValue> values) : IDisposable
{
    private List<OrtValue>? _copies;

    public OrtValue this[int index] => values[index];

    /// <summary>A copy of a value in memory of its own. Strings are the runtime's own already.</summary>
    public OrtValue Copy(int index)
    {
        OrtValue value = values[index];
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        if (info.ElementDataType == Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.String)
        {
            return value;
        }

        OrtValue copy = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, info.ElementDataType, info.Shape);
        (_copies ??= []).Add(copy);
        value.GetTensorMutableRawData().CopyTo(copy.GetTensorMutableRawData());
        return copy;
    }

    public void Dispose()
    {
        values.Dispose();
        _copies?.ForEach(copy => copy.Dispose());
    }
}
