using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Tests.Fingerprints.Kernels;

public sealed class HalfRowsTests
{
    [Fact]
    public void Every_finite_number_becomes_the_float_that_it_is()
    {
        Half[] row = [.. Enumerable.Range(0, 65536).Select(i => BitConverter.UInt16BitsToHalf((ushort)i)).Where(Half.IsFinite)];
        float[] wide = new float[row.Length];

        HalfRows.TryWiden(row, wide).Should().BeTrue();

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

        HalfRows.TryCarry(row, new float[marked.Length], marked, isFactor: false, keepsTop: false).Should().BeTrue();

        for (int i = 0; i < row.Length; i++)
        {
            BitConverter.HalfToUInt16Bits(row[i]).Should().Be(BitConverter.HalfToUInt16Bits((Half)Math.Clamp(marked[i], -65504f, 65504f)));
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
        }

        HalfRows.FirstNonFinite([Half.MaxValue, Half.MinValue, Half.Epsilon, Half.NegativeZero]).Should().Be(-1);
    }
}
