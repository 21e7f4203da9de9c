using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Tests.Fingerprints.Kernels;

public sealed class HalfRowsTests
{
    [Theory]
    [InlineData(0x7c00)]
    [InlineData(0xfc00)]
    [InlineData(0x7e01)]
    [InlineData(0xffff)]
    public void The_first_that_is_not_finite_is_found_anywhere(int bits)
    {
        for (int at = 0; at < 70; at++)
        {
            Half[] row = new Half[70];
            row.AsSpan().Fill(Half.MinValue);
            row[at] = row[^1] = BitConverter.UInt16BitsToHalf((ushort)bits);
            HalfRows.FirstNonFinite(row).Should().Be(at);
            HalfRows.TryWiden(row, new float[70]).Should().BeFalse();
        }

        HalfRows.FirstNonFinite([Half.MaxValue, Half.MinValue, Half.Epsilon, Half.NegativeZero]).Should().Be(-1);
    }

    [Fact]
    public void The_least_half_that_is_not_less_is_so()
    {
        for (int bits = 0; bits < 0x7bff; bits++)
        {
            Half half = BitConverter.UInt16BitsToHalf((ushort)bits);
            HalfRows.AtLeast((float)half).Should().Be(half);
            HalfRows.AtLeast(MathF.BitIncrement((float)half)).Should().Be(Half.BitIncrement(half));
            HalfRows.AtLeast(MathF.BitDecrement((float)Half.BitIncrement(half))).Should().Be(Half.BitIncrement(half));
        }
    }

    [Fact]
    public void What_is_lifted_goes_above_what_its_float_rounds_to()
    {
        HalfRows.TryLift(1.0001f, out float top).Should().BeTrue();
        top.Should().Be(1.0009765625f);
        HalfRows.TryLift(-1e9f, out top).Should().BeTrue();
        top.Should().Be(-65472);
        HalfRows.TryLift(65488, out top).Should().BeTrue();
        top.Should().Be(65504);
        HalfRows.TryLift(65488.01f, out _).Should().BeFalse();
        HalfRows.TryLift(float.MaxValue, out _).Should().BeFalse();
    }

    [Fact]
    public void Samples_and_contexts_are_those_of_the_same_floats()
    {
        Random random = new(1);
        for (int length = 1; length <= 200; length++)
        {
            for (int kind = 0; kind < HalfTestData.Kinds; kind++)
            {
                Half[] row = [.. Enumerable.Range(0, length).Select(_ => HalfTestData.Number(random, kind))];
                float[] wide = Array.ConvertAll(row, x => (float)x);
                RowSamples samples = RowSamples.Of(row);
                samples.Should().Be(RowSamples.Of(wide));
                samples.Resolve(row, wide.Max()).Should().Be(samples.Resolve(wide, wide.Max()));
                if (length >= 8)
                {
                    RowContext.TryFind(wide, out RowContext context).Should().BeTrue();
                    HalfContext.Of(row).Should().Be(context.Number);
                }
            }
        }
    }
}
