using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Tests.Fingerprints.Kernels;

public sealed class HalfRowsTests
{
    [Fact]
    public void Every_finite_number_becomes_the_float_that_it_is()
    {
        Half[] row = [.. Enumerable.Range(0, 65536).Select(i => BitConverter.UInt16BitsToHalf((ushort)i)).Where(Half.IsFinite)];
        float[] wide = new float[row.Length];

        HalfRows.TryWiden(row, wide, out Half max).Should().BeTrue();

        max.Should().Be(Half.MaxValue);
        for (int i = 0; i < row.Length; i++)
        {
            BitConverter.SingleToUInt32Bits(wide[i]).Should().Be(BitConverter.SingleToUInt32Bits((float)row[i]));
        }
    }

    [Fact]
    public void Every_way_back_rounds_as_the_platform_rounds_and_stops_at_the_largest()
    {
        // All numbers, all that lie in the middle of two, and the floats beside those.
        List<float> values = [1e9f, -1e9f, 1e-30f, -0f];
        for (int i = 0; i < 0x7bff; i++)
        {
            float low = (float)BitConverter.UInt16BitsToHalf((ushort)i);
            float middle = (low + (float)BitConverter.UInt16BitsToHalf((ushort)(i + 1))) / 2;
            values.AddRange([low, -middle, middle, MathF.BitIncrement(middle), MathF.BitDecrement(-middle), MathF.BitDecrement(middle)]);
        }

        float[] marked = [.. values];
        Half[] row = new Half[marked.Length];

        HalfRows.TryCarry(row, default, default, marked, isFactor: false, keepsTop: false).Should().BeTrue();

        for (int i = 0; i < row.Length; i++)
        {
            BitConverter.HalfToUInt16Bits(row[i]).Should().Be(BitConverter.HalfToUInt16Bits((Half)Math.Clamp(marked[i], -65504f, 65504f)));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(100)]
    public void The_largest_is_found_and_what_equals_it_goes_above_the_rest(int length)
    {
        Random random = new(length);
        for (int trial = 0; trial < 200; trial++)
        {
            // Few values, so that the largest comes more than once: negative ones, zeros of both signs, and ones.
            int most = trial % 3;
            Half[] row = [.. Enumerable.Range(0, length).Select(_ => (Half)(random.Next(2) == 0 ? most - 1f : -0.5f * random.Next(most == 0 ? 2 : 0, 4)))];
            float[] wide = new float[length];
            HalfRows.TryWiden(row, wide, out Half max).Should().BeTrue();
            max.Should().Be(row.Max());
            Half[] clean = [.. row];
            float largest = wide.Max();
            float[] marked = [.. wide.Select(x => x == largest ? largest + 0.02f : x + 0.01f)];

            HalfRows.TryCarry(row, max, default, marked, isFactor: false, keepsTop: true).Should().BeTrue();

            for (int i = 0; i < length; i++)
            {
                row[i].Should().Be(clean[i] == max ? Half.BitIncrement((Half)(largest + 0.02f)) : (Half)marked[i]);
            }
        }
    }

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
            HalfRows.TryWiden(row, new float[70], out _).Should().BeFalse();
        }

        HalfRows.FirstNonFinite([Half.MaxValue, Half.MinValue, Half.Epsilon, Half.NegativeZero]).Should().Be(-1);
    }
}
