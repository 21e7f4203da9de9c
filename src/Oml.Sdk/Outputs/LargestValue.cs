namespace Oml.Sdk.Outputs;

/// <summary>The place of the largest value of a row.</summary>
internal static class LargestValue
{
    /// <summary>The first place of the largest value that is a number; −1 when no value is one.</summary>
    public static int IndexIn(ReadOnlySpan<float> row)
    {
        int index = -1;
        for (int i = 0; i < row.Length; i++)
        {
            if (index < 0 ? !float.IsNaN(row[i]) : row[i] > row[index])
            {
                index = i;
            }
        }

        return index;
    }
}
