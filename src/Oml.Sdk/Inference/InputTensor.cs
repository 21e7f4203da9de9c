using System.Buffers;

namespace Oml.Sdk.Inference;

/// <summary>A tensor that is handed to a model: elements in row-major order and a shape.</summary>
/// <remarks>
/// It refers to the caller's memory and copies nothing. The library and its backends never write to it. Immutable itself; the
/// memory must not change while a call that uses it runs. Closed: <see cref="InputTensor{T}"/> is its only kind.
/// </remarks>
public abstract class InputTensor
{
    private readonly long[] _shape;

    private protected InputTensor(TensorElementType elementType, ReadOnlySpan<long> shape)
    {
        ElementType = elementType;
        _shape = shape.ToArray();
    }

    /// <summary>The type of the elements.</summary>
    public TensorElementType ElementType { get; }

    /// <summary>The dimensions; empty for a scalar.</summary>
    public ReadOnlySpan<long> Shape => _shape;

    /// <summary>The number of elements.</summary>
    public abstract int Length { get; }

    /// <summary>For backends: pins the elements, so that a native runtime can read them until the handle is disposed.</summary>
    /// <returns>The handle.</returns>
    /// <exception cref="NotSupportedException">The elements are strings.</exception>
    public abstract MemoryHandle Pin();

    /// <summary>The memory of some elements.</summary>
    /// <exception cref="NotSupportedException">The elements are strings.</exception>
    internal abstract ReadOnlySpan<byte> GetBytes(int start, int count);

    /// <summary>Creates a tensor over the caller's memory.</summary>
    /// <typeparam name="T">A type that <see cref="TensorElementType"/> lists.</typeparam>
    /// <param name="data">The elements in row-major order.</param>
    /// <param name="shape">The dimensions, each 0 or more; none for a scalar.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="ArgumentException">The product of the dimensions is not the number of elements.</exception>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> is no tensor element type.</exception>
    public static InputTensor<T> Create<T>(ReadOnlyMemory<T> data, params ReadOnlySpan<long> shape) => new(data, shape);
}
