using Oml.Sdk.Inference;

namespace Oml.Sdk.Generation.Decoding;

/// <summary>A part of the cache before the first token.</summary>
internal static class EmptyCache
{
    /// <summary>A tensor of the declared shape with one text and no tokens.</summary>
    /// <exception cref="UnsupportedModelException">The cache is of a type that is not supported.</exception>
    public static InputTensor Create(DecoderInput input)
    {
        long[] shape = [.. input.Info.Shape.Select(length => length < 0 ? 1 : length)];
        shape[input.SequenceAxis] = 0;
        return input.Info.ElementType switch
        {
            TensorElementType.Float32 => new InputTensor<float>(ReadOnlyMemory<float>.Empty, shape),
            TensorElementType.Float16 => new InputTensor<Half>(ReadOnlyMemory<Half>.Empty, shape),
            TensorElementType.Float64 => new InputTensor<double>(ReadOnlyMemory<double>.Empty, shape),
            TensorElementType.Int8 => new InputTensor<sbyte>(ReadOnlyMemory<sbyte>.Empty, shape),
            TensorElementType.UInt8 => new InputTensor<byte>(ReadOnlyMemory<byte>.Empty, shape),
            _ => throw new UnsupportedModelException($"The cache's input {input.Info} must be of floating-point numbers or of 8-bit integers."),
        };
    }
}
