using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Oml.Sdk.Inference;

/// <summary>An output in a managed array.</summary>
internal sealed class ManagedOutputTensor<T> : OutputTensor
{
    private readonly T[] _data;

    public ManagedOutputTensor(string name, T[] data, long[] shape)
        : base(name, TensorElementTypes.Of<T>(), shape)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (Length != data.Length)
        {
            throw new ArgumentException(
                $"The shape {TensorShape.Format(shape)} needs {Length} elements; the data has {data.Length}.", nameof(shape));
        }

        _data = data;
    }

    // Reached only for element types of a fixed size, so T has no references and the reinterpretation is sound.
    protected override Span<byte> GetBytes() => MemoryMarshal.CreateSpan(
        ref Unsafe.As<T, byte>(ref MemoryMarshal.GetArrayDataReference(_data)), _data.Length * Unsafe.SizeOf<T>());

    protected override MemoryHandle PinBytes(int firstByte) => _data.AsMemory(firstByte / Unsafe.SizeOf<T>()).Pin();

    protected override string[] GetStringsCore() => [.. (string[])(object)_data];
}
