using System.Collections.Immutable;

namespace Oml.Sdk.Inference;

/// <summary>What a model declares of one of its inputs or outputs. Immutable and thread-safe.</summary>
public sealed class TensorInfo
{
    /// <summary>Creates a declaration.</summary>
    /// <param name="name">The name in the model, not empty.</param>
    /// <param name="elementType">The type of the elements.</param>
    /// <param name="shape">The dimensions; −1 (or any negative) for one that is known only at run time.</param>
    /// <param name="dimensionNames">The symbolic names of the dimensions; null or empty where there is none. As long as <paramref name="shape"/>, or empty.</param>
    /// <param name="anyRank">True when the model leaves even the number of dimensions open; <paramref name="shape"/> is then empty.</param>
    /// <exception cref="ArgumentException">The name is empty or the lengths differ.</exception>
    public TensorInfo(
        string name,
        TensorElementType elementType,
        ReadOnlySpan<long> shape,
        ReadOnlySpan<string?> dimensionNames = default,
        bool anyRank = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (dimensionNames.Length != 0 && dimensionNames.Length != shape.Length)
        {
            throw new ArgumentException(
                $"'{name}' has {shape.Length} dimensions but {dimensionNames.Length} dimension names.", nameof(dimensionNames));
        }

        Name = name;
        ElementType = elementType;
        IsAnyRank = anyRank;
        Shape = [.. shape];
        DimensionNames = dimensionNames.Length == 0 ? [.. new string?[shape.Length]] : [.. dimensionNames];
    }

    /// <summary>The name in the model.</summary>
    public string Name { get; }

    /// <summary>The type of the elements.</summary>
    public TensorElementType ElementType { get; }

    /// <summary>The dimensions; a negative one is known only at run time.</summary>
    public ImmutableArray<long> Shape { get; }

    /// <summary>The symbolic names of the dimensions, null or empty where there is none.</summary>
    public ImmutableArray<string?> DimensionNames { get; }

    /// <summary>True when the model leaves even the number of dimensions open.</summary>
    public bool IsAnyRank { get; }

    /// <summary>Whether a tensor of this shape fits the declaration.</summary>
    /// <param name="shape">A shape without unknown dimensions.</param>
    /// <returns>True if the rank and every declared dimension agree.</returns>
    public bool Accepts(ReadOnlySpan<long> shape)
    {
        if (IsAnyRank)
        {
            return true;
        }

        ReadOnlySpan<long> declared = Shape.AsSpan();
        if (declared.Length != shape.Length)
        {
            return false;
        }

        for (int i = 0; i < declared.Length; i++)
        {
            if (declared[i] >= 0 && declared[i] != shape[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The declaration as text, e.g. <c>Input3: Float32[batch, 1, 28, 28]</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{Name}: {Describe()}";

    internal string Describe() =>
        ElementType + (IsAnyRank ? "[...]" : TensorShape.Format(Shape.AsSpan(), DimensionNames.AsSpan()));
}
