using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Oml.Sdk.Inference;

/// <summary>A tensor that a model returned, writable in place so that a fingerprint is embedded without a copy.</summary>
/// <remarks>
/// It belongs to the <see cref="InferenceOutputs"/> that it came in: its spans are valid until that is disposed. Reading from
/// several threads is safe, writing is not.
/// </remarks>
public abstract class OutputTensor
{
    private readonly long[] _shape;
    private volatile bool _disposed;

    /// <summary>For backends: creates a tensor.</summary>
    /// <param name="name">The name of the model's output.</param>
    /// <param name="elementType">The type of the elements.</param>
    /// <param name="shape">The dimensions; the array is kept and must not be written to any more.</param>
    protected OutputTensor(string name, TensorElementType elementType, long[] shape)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(shape);
        Name = name;
        ElementType = elementType;
        _shape = shape;
        Length = TensorShape.CountElements(shape);
    }

    /// <summary>The name of the model's output.</summary>
    public string Name { get; }

    /// <summary>The type of the elements.</summary>
    public TensorElementType ElementType { get; }

    /// <summary>The dimensions; empty for a scalar.</summary>
    public ReadOnlySpan<long> Shape => _shape;

    /// <summary>The number of elements.</summary>
    public long Length { get; }

    /// <summary>The length of the last dimension: how many elements a row has. 1 for a scalar.</summary>
    public long RowLength => _shape.Length == 0 ? 1 : _shape[^1];

    /// <summary>Creates a tensor over an array, for backends that compute in managed memory and for tests.</summary>
    /// <typeparam name="T">A type that <see cref="TensorElementType"/> lists.</typeparam>
    /// <param name="name">The name of the model's output.</param>
    /// <param name="data">The elements in row-major order; the tensor refers to them.</param>
    /// <param name="shape">The dimensions, each 0 or more; none for a scalar.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="ArgumentException">The product of the dimensions is not the number of elements.</exception>
    public static OutputTensor Create<T>(string name, T[] data, params ReadOnlySpan<long> shape) =>
        new ManagedOutputTensor<T>(name, data, shape.ToArray());

    /// <summary>The elements in row-major order, writable.</summary>
    /// <typeparam name="T">The .NET type of <see cref="ElementType"/>; not <see cref="string"/>.</typeparam>
    /// <returns>
    /// A span over the tensor's own memory, which may be native: keep the <see cref="InferenceOutputs"/>, best in a <c>using</c>, for as
    /// long as the span is used. Outputs that nothing refers to any more are freed by their finalizer, under the span.
    /// </returns>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not the type of the elements.</exception>
    /// <exception cref="ObjectDisposedException">The outputs were disposed.</exception>
    public Span<T> GetSpan<T>()
        where T : unmanaged
    {
        if (TensorElementTypes.Of<T>() != ElementType)
        {
            throw new InvalidOperationException($"The output '{Name}' has elements of type {ElementType}; {typeof(T)} was asked for.");
        }

        ObjectDisposedException.ThrowIf(_disposed, typeof(InferenceOutputs));
        Span<byte> bytes = GetBytes();
        return MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetReference(bytes)), bytes.Length / Unsafe.SizeOf<T>());
    }

    /// <summary>The elements of a string tensor in row-major order.</summary>
    /// <returns>A new array.</returns>
    /// <exception cref="InvalidOperationException">The elements are not strings.</exception>
    /// <exception cref="ObjectDisposedException">The outputs were disposed.</exception>
    public string[] GetStrings()
    {
        if (ElementType != TensorElementType.String)
        {
            throw new InvalidOperationException($"The output '{Name}' has elements of type {ElementType}, not strings.");
        }

        ObjectDisposedException.ThrowIf(_disposed, typeof(InferenceOutputs));
        return GetStringsCore();
    }

    /// <summary>The tensor as an input of another call: for the state that a model returns and takes back.</summary>
    /// <returns>
    /// An input over the same memory, without a copy (strings are copied). It is valid until the <see cref="InferenceOutputs"/> are
    /// disposed, which refuses no call that is running: dispose them after it.
    /// </returns>
    /// <exception cref="ObjectDisposedException">The outputs were disposed. Reading the input later raises it too.</exception>
    public InputTensor AsInput() => ElementType switch
    {
        TensorElementType.Float32 => AsInput<float>(),
        TensorElementType.Float64 => AsInput<double>(),
        TensorElementType.Float16 => AsInput<Half>(),
        TensorElementType.Int8 => AsInput<sbyte>(),
        TensorElementType.UInt8 => AsInput<byte>(),
        TensorElementType.Int16 => AsInput<short>(),
        TensorElementType.UInt16 => AsInput<ushort>(),
        TensorElementType.Int32 => AsInput<int>(),
        TensorElementType.UInt32 => AsInput<uint>(),
        TensorElementType.Int64 => AsInput<long>(),
        TensorElementType.UInt64 => AsInput<ulong>(),
        TensorElementType.Boolean => AsInput<bool>(),
        TensorElementType.String => new InputTensor<string>(GetStrings(), _shape),
        _ => throw new NotSupportedException($"The output '{Name}' has the unknown element type {ElementType}."),
    };

    /// <summary>The memory of elements of a fixed size, to read.</summary>
    internal ReadOnlySpan<byte> ReadBytes()
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(InferenceOutputs));
        return GetBytes();
    }

    /// <summary>Ends the life of the tensor's memory.</summary>
    internal void MarkDisposed() => _disposed = true;

    /// <summary>Pins the elements for <see cref="AsInput()"/>.</summary>
    internal MemoryHandle PinElements(int firstByte)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(InferenceOutputs));
        return PinBytes(firstByte);
    }

    /// <summary>For backends: the tensor's own memory; called only when the elements have a fixed size.</summary>
    /// <returns>The bytes, writable, until the outputs are disposed.</returns>
    protected abstract Span<byte> GetBytes();

    /// <summary>
    /// For backends: keeps the tensor's memory where it is until the handle is disposed; called only when the elements have a fixed size.
    /// </summary>
    /// <param name="firstByte">Where the pointer is to point.</param>
    /// <returns>The handle, which also keeps the memory from being freed by a finalizer. Unless overridden, that of a copy.</returns>
    protected virtual unsafe MemoryHandle PinBytes(int firstByte)
    {
        GCHandle copy = GCHandle.Alloc(GetBytes().ToArray(), GCHandleType.Pinned);
        return new MemoryHandle((byte*)copy.AddrOfPinnedObject() + firstByte, copy);
    }

    /// <summary>For backends: the elements of a string tensor; called only when the elements are strings.</summary>
    /// <returns>A new array.</returns>
    protected abstract string[] GetStringsCore();

    private InputTensor<T> AsInput<T>()
        where T : unmanaged => new(new OutputMemory<T>(this).Memory, _shape);
}
