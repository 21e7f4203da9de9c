using System.Buffers;
using Microsoft.ML.OnnxRuntime;
using Oml.Sdk.Inference;

namespace Oml.Sdk.OnnxRuntime;

/// <summary>An output in ONNX Runtime's own memory: read and marked in place, never copied.</summary>
internal sealed unsafe class OrtOutputTensor : OutputTensor, IPinnable
{
    private readonly OrtValue _value;
    private readonly byte* _data;
    private readonly int _bytes;

    public OrtOutputTensor(TensorInfo info, OrtValue value, long[] shape)
        : base(info.Name, info.ElementType, shape)
    {
        _value = value;
        if (info.ElementType != TensorElementType.String)
        {
            if (Length > int.MaxValue / TensorElementTypes.SizeInBytes(ElementType))
            {
                throw new InferenceException(
                    $"The output '{Name}' has {Length} elements of type {ElementType}; a span holds at most 2 GiB. Run smaller batches.");
            }

            Span<byte> data = value.GetTensorMutableRawData();
            _bytes = data.Length;
            fixed (byte* start = data)
            {
                // Native memory: it does not move, and lives until the outputs are disposed.
                _data = start;
            }
        }
    }

    MemoryHandle IPinnable.Pin(int elementIndex) => PinBytes(elementIndex);

    void IPinnable.Unpin()
    {
    }

    protected override Span<byte> GetBytes() => new(_data, _bytes);

    // It does not move; the handle refers to this, so that no finalizer frees the value meanwhile.
    protected override MemoryHandle PinBytes(int firstByte) => new(_data + firstByte, pinnable: this);

    protected override string[] GetStringsCore() => _value.GetStringTensorAsArray();
}
