using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Tests.Fingerprints.Kernels;

public sealed class RowScanTests
{
    [Fact]
    public void The_top_class_is_the_first_of_the_largest_at_every_length()
    {
        Random random = new(1);
        for (int length = 1; length < 200; length++)
        {
            // Few values, zeros of both signs among them.
            float[] row = [.. Enumerable.Range(0, length).Select(_ => random.Next(0, 2) * (random.Next(2) == 0 ? 0f : -0.5f) * (length % 2))];
            CarrierLayout.TopClass(row).Should().Be(Array.FindIndex(row, x => x == row.Max()));

            row[random.Next(length)] = 3;
            row[random.Next(length)] = 3;
            CarrierLayout.TopClass(row).Should().Be(Array.IndexOf(row, 3f));
        }
    }

    [Fact]
    public void What_is_no_number_is_never_the_top_class()
    {
        float[] row = new float[100];
        row.AsSpan().Fill(float.NaN);
        CarrierLayout.TopClass(row).Should().Be(0);

        row[70] = -1;
        row[90] = float.NegativeInfinity;
        CarrierLayout.TopClass(row).Should().Be(70);
    }

    [Fact]
    public void The_largest_magnitude_is_found_wherever_it_is_and_whatever_its_sign()
    {
        foreach (int length in new[] { 1, 7, 31, 32, 33, 100 })
        {
            for (int at = 0; at < length; at++)
            {
                float[] row = new float[length];
                row.AsSpan().Fill(-1e-40f);
                row[at] = -2;
                RowScan.LargestMagnitude(row).Should().Be(2);
                row[length - 1 - at] = 3;
                RowScan.LargestMagnitude(row).Should().Be(3);
            }
        }
    }

    [Fact]
    public void An_element_below_zero_is_found_wherever_it_is_and_negative_zero_is_none()
    {
        foreach (int length in new[] { 1, 7, 31, 32, 33, 100 })
        {
            for (int at = 0; at < length; at++)
            {
                float[] row = new float[length];
                row.AsSpan().Fill(-0f);
                row[length - 1 - at] = 3;
                RowScan.HasNegative(row).Should().BeFalse();
                row[at] = -1e-45f;
                RowScan.HasNegative(row).Should().BeTrue();
            }
        }
    }
}
