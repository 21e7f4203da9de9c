using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Outputs;

/// <summary>Enforces an output policy in the memory of the outputs. Allocates nothing.</summary>
internal static class OutputRestrictor
{
    /// <summary>Restricts every row of an output whose elements are Float32.</summary>
    public static void Restrict(OutputTensor output, OutputPolicy policy)
    {
        Span<float> elements = output.GetSpan<float>();
        for (int length = (int)output.RowLength; !elements.IsEmpty; elements = elements[length..])
        {
            RestrictRow(elements[..length], policy);
        }
    }

    public static void RestrictRow(Span<float> row, OutputPolicy policy)
    {
        if (policy.IsLabelOnly)
        {
            int label = LargestValue.IndexIn(row);
            row.Clear();
            if (label >= 0)
            {
                row[label] = 1;
            }

            return;
        }

        if (policy.TopK is { } k)
        {
            LargestValues.Keep(row, k);
        }

        if (policy.Decimals is { } decimals)
        {
            DecimalRounding.Round(row, decimals);
        }
    }
}
