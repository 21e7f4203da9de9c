using System.Buffers;
using Microsoft.ML.OnnxRuntime;
using Oml.Sdk.Inference;

namespace Oml.Sdk.OnnxRuntime;

/// <summary>A call's inputs as ONNX Runtime wants them: values over the caller's pinned memory. Strings are copied.</summary>
internal readonly struct OrtInputs : IDisposable
{
    private readonly MemoryHandle[] _pins;

    public OrtInputs(InferenceInputs inputs)
    {
        Values = new OrtValue[inputs.Count];
        _pins = new MemoryHandle[inputs.Count];
        try
        {
            for (int i = 0; i < Values.Length; i++)
            {
                Values[i] = Create(inputs.TensorAt(i), out _pins[i]);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public OrtValue[] Values { get; }

    public void Dispose()
    {
        for (int i = 0; i < Values.Length; i++)
        {
            Values[i]?.Dispose();
            _pins[i].Dispose();
        }
    }

    private static unsafe OrtValue Create(InputTensor tensor, out MemoryHandle pin)
    {
        if (tensor is InputTensor<string> strings)
        {
            pin = default;
            return CreateStrings(strings);
        }

        pin = tensor.Pin();
        return OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance,
            ElementTypeMap.ToOrt(tensor.ElementType),
            tensor.Shape.ToArray(),
            (nint)pin.Pointer,
            (long)tensor.Length * TensorElementTypes.SizeInBytes(tensor.ElementType));
    }

    private static OrtValue CreateStrings(InputTensor<string> tensor)
    {
        OrtValue value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, tensor.Shape.ToArray());
        ReadOnlySpan<string> elements = tensor.Data.Span;
        for (int i = 0; i < elements.Length; i++)
        {
            value.StringTensorSetElementAt(elements[i].AsSpan(), i);
        }

        return value;
    }
}
