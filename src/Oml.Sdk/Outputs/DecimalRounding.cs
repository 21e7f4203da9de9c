namespace Oml.Sdk.Outputs;

/// <summary>Rounds a row to decimals, half to even, and keeps its largest value the first largest one.</summary>
internal static class DecimalRounding
{
    // A Float32 has 24 bits and 10^7 has 24, so the product with a scale is exact in a double.
    private static ReadOnlySpan<double> Scales => [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7];

    public static void Round(Span<float> row, int decimals)
    {
        double scale = Scales[decimals];
        int top = LargestValue.IndexIn(row);
        for (int i = 0; i < row.Length; i++)
        {
            row[i] = Divide(Math.Round(row[i] * scale, MidpointRounding.ToEven), scale);
        }

        // Values before the largest one that rounding made equal to it would take its place.
        for (int i = 0; i < top; i++)
        {
            if (row[i] == row[top])
            {
                row[i] = Math.Min(
                    Divide(Math.Round(row[i] * scale, MidpointRounding.ToEven) - 1, scale), float.BitDecrement(row[top]));
            }
        }
    }

    // Adding 0 takes the sign off a zero: what was rounded away must not show whether it was negative.
    private static float Divide(double value, double scale) => (float)(value / scale) + 0f;
}
