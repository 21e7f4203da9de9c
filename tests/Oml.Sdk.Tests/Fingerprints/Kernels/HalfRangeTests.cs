using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Tests.Fingerprints.Kernels;

public sealed class HalfRangeTests
{
    [Fact]
    public void The_ends_are_the_smallest_and_the_largest_element()
    {
        Random random = new(1);
        for (int length = 1; length <= 200; length++)
        {
            for (int kind = 0; kind <= HalfTestData.Kinds; kind++)
            {
                // The last kind has numbers below zero alone.
                Half[] row = [.. Enumerable.Range(0, length).Select(_ => HalfTestData.Number(random, kind % HalfTestData.Kinds))];
                row = kind == HalfTestData.Kinds ? [.. row.Select(x => -Half.Abs(x) - (Half)0.25f)] : row;

                HalfRange.TryRead(row, out HalfRange range).Should().BeTrue();

                range.Least.Should().Be(row.Min());
                range.Most.Should().Be(row.Max());
                range.Magnitude.Should().Be((float)row.Max(Half.Abs));
                HalfRows.TopClass(row, range.Most).Should().Be(Array.IndexOf(row, row.Max()));
            }
        }
    }

    [Theory]
    [InlineData(0x7c00)]
    [InlineData(0xfc00)]
    [InlineData(0x7e01)]
    [InlineData(0xffff)]
    public void What_is_not_finite_is_found_anywhere(int bits)
    {
        for (int at = 0; at < 150; at++)
        {
            Half[] row = new Half[150];
            row.AsSpan().Fill(at % 2 == 0 ? Half.MinValue : Half.MaxValue);
            HalfRange.TryRead(row, out _).Should().BeTrue();
            row[at] = BitConverter.UInt16BitsToHalf((ushort)bits);
            HalfRange.TryRead(row, out _).Should().BeFalse();
            HalfRange.TryRead(row.AsSpan(at, 1), out _).Should().BeFalse();
            HalfRows.FirstNonFinite(row).Should().Be(at);
        }
    }
}
