using Oml.Sdk.Inference;
using Oml.Sdk.Outputs;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Outputs;

public sealed class OutputRestrictorTests
{
    private static readonly float[] Odd = [0, -0f, 1, -1, 0.5f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.MinValue, float.Epsilon, 1e-20f];

    public static TheoryData<float[], int, float[]> TopK => new()
    {
        { [1, 3, 2], 1, [N, 3, N] },
        { [1, 3, 2], 2, [N, 3, 2] },
        { [1, 3, 2], 3, [1, 3, 2] },
        { [1, 3, 2], int.MaxValue, [1, 3, 2] },
        { [2, 2, 2], 2, [2, 2, N] },
        { [1, 2, 2, 2], 2, [N, 2, 2, N] },
        { [-1, -3, -2], 1, [-1, N, N] },
        { [-0f, 0f, -1], 1, [-0f, N, N] },
        { [float.NaN, N, -1], 1, [N, N, -1] },
        { [float.NaN, 5, float.PositiveInfinity], 2, [N, 5, float.PositiveInfinity] },
        { [float.NaN, float.NaN], 1, [float.NaN, N] },
    };

    public static TheoryData<float[], int, float[]> Rounded => new()
    {
        { [0.5f, 1.5f, 2.5f, -0.5f], 0, [0, 1, 2, 0] },
        { [0.125f, 0.375f, 0.875f], 2, [0.12f, 0.38f, 0.88f] },
        { [0.51f, 0.52f], 1, [0.4f, 0.5f] },
        { [0.52f, 0.51f], 1, [0.5f, 0.5f] },
        { [0.96f, 0.97f, 0.98f, 0.97f], 1, [0.9f, 0.9f, 1, 1] },
        { [-0.04f, -0.01f], 1, [-0.1f, 0] },
        { [float.NaN, 0.26f, float.PositiveInfinity, N], 1, [float.NaN, 0.3f, float.PositiveInfinity, N] },
        { [float.MaxValue, 16777217, 1e-30f], 7, [float.MaxValue, 16777217, 0] },
        { [], 3, [] },
    };

    public static TheoryData<float[], float[]> Labels => new()
    {
        { [1, 3, 2], [0, 1, 0] },
        { [3, 3], [1, 0] },
        { [-3, -2], [0, 1] },
        { [float.NaN, N, 1], [0, 0, 1] },
        { [N, N], [1, 0] },
        { [float.NaN], [0] },
        { [], [] },
    };

    private static float N => float.NegativeInfinity;

    [Theory]
    [MemberData(nameof(TopK))]
    public void Keeps_the_largest_and_the_earlier_of_equal_ones(float[] row, int k, float[] expected) =>
        Bits(Restricted(row, OutputPolicy.KeepTop(k))).Should().Equal(Bits(expected));

    [Theory]
    [MemberData(nameof(Rounded))]
    public void Rounds_half_to_even_and_keeps_the_largest_where_it_is(float[] row, int decimals, float[] expected) =>
        Bits(Restricted(row, OutputPolicy.Round(decimals))).Should().Equal(Bits(expected));

    [Theory]
    [MemberData(nameof(Labels))]
    public void Says_only_where_the_largest_was(float[] row, float[] expected) =>
        Bits(Restricted(row, OutputPolicy.LabelOnly())).Should().Equal(Bits(expected));

    [Fact]
    public void The_largest_k_are_those_that_a_stable_sort_puts_first()
    {
        foreach (float[] row in Rows())
        {
            int[] order = [.. Enumerable.Range(0, row.Length)
                .OrderBy(i => float.IsNaN(row[i])).ThenByDescending(i => row[i] + 0f, Comparer<float>.Create((x, y) => x < y ? -1 : x > y ? 1 : 0))];
            foreach (int k in (int[])[1, 2, 15, 16, 17, 1 + (row.Length / 3)])
            {
                HashSet<int> kept = [.. order.Take(k)];

                Bits(Restricted(row, OutputPolicy.KeepTop(k))).Should().Equal(Bits([.. row.Select((value, i) => kept.Contains(i) ? value : N)]));
            }
        }
    }

    [Fact]
    public void Rounding_moves_no_value_further_than_a_step_and_never_the_first_largest()
    {
        foreach (float[] row in Rows())
        {
            for (int decimals = 0; decimals <= OutputPolicy.MaxDecimals; decimals++)
            {
                float[] rounded = Restricted(row, OutputPolicy.Round(decimals));

                LargestValue.IndexIn(rounded).Should().Be(LargestValue.IndexIn(row), "{0} decimals of {1}", decimals, string.Join(' ', row));
                Bits(Restricted(rounded, OutputPolicy.Round(decimals))).Should().Equal(Bits(rounded), "rounding twice is rounding once");
                for (int i = 0; i < row.Length; i++)
                {
                    if (float.IsFinite(row[i]))
                    {
                        double step = Math.Pow(10, -decimals) + Math.ScaleB(Math.Abs((double)row[i]), -23);
                        Math.Abs((double)row[i] - rounded[i]).Should().BeLessThanOrEqualTo(1.5 * step);
                    }
                    else
                    {
                        rounded[i].Should().Be(row[i]);
                    }
                }
            }
        }
    }

    [Fact]
    public void Top_k_with_decimals_is_rounding_after_selecting()
    {
        Restricted([0.26f, 0.17f, 0.24f], OutputPolicy.KeepTop(2, 1)).Should().Equal(0.3f, N, 0.2f);
        Restricted([0.24f, 0.26f, 0.25f, 0.34f], OutputPolicy.KeepTop(2, 1)).Should().Equal(N, 0.2f, N, 0.3f);
    }

    [Fact]
    public void Each_row_of_an_output_is_restricted_on_its_own()
    {
        OutputTensor matrix = OutputTensor.Create("y", new float[] { 1, 2, 4, 3, 6, 5 }, 3, 2);
        OutputTensor scalar = OutputTensor.Create("y", new float[] { 7 });
        OutputTensor empty = OutputTensor.Create("y", Array.Empty<float>(), 3, 0);
        foreach (OutputTensor output in (OutputTensor[])[matrix, scalar, empty])
        {
            OutputRestrictor.Restrict(output, OutputPolicy.LabelOnly());
        }

        matrix.GetSpan<float>().ToArray().Should().Equal(0, 1, 1, 0, 1, 0);
        scalar.GetSpan<float>().ToArray().Should().Equal(1);
    }

    private static float[] Restricted(float[] row, OutputPolicy policy)
    {
        float[] copy = [.. row];
        OutputRestrictor.RestrictRow(copy, policy);
        return copy;
    }

    private static uint[] Bits(float[] row) => [.. row.Select(BitConverter.SingleToUInt32Bits)];

    // Few distinct values, so that there are ties, and values of every magnitude.
    private static IEnumerable<float[]> Rows()
    {
        Random random = new(20260601);
        for (int round = 0; round < 400; round++)
        {
            float[] row = new float[1 + random.Next(round < 300 ? 20 : 300)];
            for (int i = 0; i < row.Length; i++)
            {
                row[i] = (round % 4) switch
                {
                    0 => Odd[random.Next(Odd.Length)],
                    1 => random.Next(4) / 8f,
                    2 => random.NextSingle(),
                    _ => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)),
                };
            }

            yield return row;
        }
    }
}
