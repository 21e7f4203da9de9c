using Oml.Sdk.Inference;

namespace Oml.Sdk.Generation.Decoding;

/// <summary>Rows of integers as a model wants them: Int32 or Int64, [1, n].</summary>
internal static class IntegerTensors
{
    /// <summary>A row of given values.</summary>
    public static InputTensor Row(TensorElementType type, ReadOnlySpan<int> values)
    {
        if (type == TensorElementType.Int32)
        {
            return new InputTensor<int>(values.ToArray(), 1, values.Length);
        }

        long[] wide = new long[values.Length];
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] = values[i];
        }

        return new InputTensor<long>(wide, 1, wide.Length);
    }

    /// <summary>A row of numbers that follow each other.</summary>
    public static InputTensor Range(TensorElementType type, int first, int count)
    {
        int[] values = new int[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = first + i;
        }

        return Row(type, values);
    }

    /// <summary>A row of the same number.</summary>
    public static InputTensor Constant(TensorElementType type, int value, int count)
    {
        int[] values = new int[count];
        values.AsSpan().Fill(value);
        return Row(type, values);
    }
}
