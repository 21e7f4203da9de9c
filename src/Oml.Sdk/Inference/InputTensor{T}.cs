using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Oml.Sdk.Inference;

/// <summary>A tensor that is handed to a model, with elements of a known .NET type.</summary>
/// <typeparam name="T">A type that <see cref="TensorElementType"/> lists.</typeparam>
public sealed class InputTensor<T> : InputTensor
{
    /// <summary>Creates a tensor over the caller's memory.</summary>
    /// <param name="data">The elements in row-major order.</param>
    /// <param name="shape">The dimensions, each 0 or more; none for a scalar.</param>
    /// <exception cref="ArgumentException">The product of the dimensions is not the number of elements, or a string is null.</exception>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> is no tensor element type.</exception>
    public InputTensor(ReadOnlyMemory<T> data, params ReadOnlySpan<long> shape)
        : base(TensorElementTypes.Of<T>(), shape)
    {
        long expected = TensorShape.CountElements(shape);
        if (expected != data.Length)
        {
            throw new ArgumentException(
                $"The shape {TensorShape.Format(shape)} needs {expected} elements; the data has {data.Length}.", nameof(shape));
        }

        if (data is ReadOnlyMemory<string> strings && strings.Span.Contains(null!))
        {
            throw new ArgumentException("A string tensor has no null elements; use the empty string.", nameof(data));
        }

        Data = data;
    }

    /// <summary>The elements in row-major order.</summary>
    public ReadOnlyMemory<T> Data { get; }

    /// <inheritdoc/>
    public override int Length => Data.Length;

    /// <inheritdoc/>
    public override MemoryHandle Pin() => ElementType == TensorElementType.String
        ? throw new NotSupportedException("Strings have no fixed place in memory; read them from Data.")
        : Data.Pin();

    // Every element type but string has a fixed size and no references, so the reinterpretation is sound.
    internal override ReadOnlySpan<byte> GetBytes(int start, int count)
    {
        if (ElementType == TensorElementType.String)
        {
            throw new NotSupportedException("Strings have no fixed place in memory; read them from Data.");
        }

        ReadOnlySpan<T> elements = Data.Span.Slice(start, count);
        return MemoryMarshal.CreateReadOnlySpan(
            ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(elements)), checked(count * Unsafe.SizeOf<T>()));
    }
}
