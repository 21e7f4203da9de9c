namespace Oml.Sdk.Inference;

/// <summary>Arithmetic and text of tensor shapes.</summary>
internal static class TensorShape
{
    /// <summary>The number of elements of a shape without unknown dimensions; 1 for a scalar.</summary>
    /// <exception cref="ArgumentException">A dimension is negative, or the product does not fit in 63 bits.</exception>
    public static long CountElements(ReadOnlySpan<long> shape)
    {
        if (shape.ContainsAnyExceptInRange(0, long.MaxValue))
        {
            throw new ArgumentException($"A tensor's dimensions are 0 or more; the shape is {Format(shape)}.", nameof(shape));
        }

        long count = shape.Contains(0) ? 0 : 1;
        foreach (long dimension in shape)
        {
            if (count > long.MaxValue / Math.Max(1, dimension))
            {
                throw new ArgumentException($"The shape {Format(shape)} has more elements than 63 bits can count.", nameof(shape));
            }

            count *= dimension;
        }

        return count;
    }

    /// <summary>The text of a shape, e.g. <c>[batch, 1, 28, 28]</c>; a dimension that is unknown and has no name is <c>?</c>.</summary>
    public static string Format(ReadOnlySpan<long> shape, ReadOnlySpan<string?> names = default)
    {
        string[] parts = new string[shape.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            string? name = i < names.Length ? names[i] : null;
            parts[i] = shape[i] >= 0
                ? shape[i].ToString(System.Globalization.CultureInfo.InvariantCulture)
                : string.IsNullOrEmpty(name) ? "?" : name;
        }

        return $"[{string.Join(", ", parts)}]";
    }
}
