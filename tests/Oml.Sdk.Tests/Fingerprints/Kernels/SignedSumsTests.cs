using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Tests.Fingerprints.Kernels;

public sealed class SignedSumsTests
{
    [Fact]
    public void Every_width_gives_the_same_bits_and_those_of_the_definition()
    {
        foreach (int length in Enumerable.Range(1, 200).Concat([1000, 1021, 1024, 1027, 4099, 8192, 10_007]))
        {
            Random random = new(length);
            float[] row = [.. Enumerable.Range(0, length).Select(_ => (float)((random.NextDouble() - 0.3) * Math.Pow(10, random.Next(-45, 38))))];
            byte[] signs = Signs(random, length);
            double[] sums = new double[16];
            double[] squares = new double[16];
            double[] signedSums = new double[16];
            for (int i = 0; i < length; i++)
            {
                double value = row[i];
                sums[i % 16] += value;
                squares[i % 16] += value * value;
                signedSums[i % 16] += (signs[i / 8] >> (i % 8) & 1) == 1 ? -value : value;
            }

            foreach (KernelWidth width in FingerprintTestData.Widths)
            {
                RowSums ofElements = SignedSums.Of<SignedSums.Elements>(row, signs, width);
                RowSums ofSquares = SignedSums.Of<SignedSums.Squares>(row, signs, width);

                ofElements.Sum.Should().Be(Halve(sums));
                ofSquares.Sum.Should().Be(Halve(squares));
                ofElements.Signed.Should().Be(Halve(signedSums));
                ofSquares.Signed.Should().Be(Halve(signedSums));
            }
        }
    }

    [Fact]
    public void All_that_is_largest_lies_in_the_stretch_that_is_named()
    {
        foreach (int length in Enumerable.Range(1, 200).Concat([1000, 1024, 4099, 8192, 10_007]))
        {
            Random random = new(length);
            float[] row = [.. Enumerable.Range(0, length).Select(_ => random.NextSingle())];
            byte[] signs = Signs(random, length);
            for (int trial = 0; trial < 20; trial++)
            {
                // From the second trial on there are equals, from the tenth on signs, which zeros have as well.
                row[random.Next(length)] = trial < 10 ? 1 : trial < 15 ? -0f : -1;
                uint largest = FingerprintTestData.Bits(row).Max();
                foreach (KernelWidth width in FingerprintTestData.Widths)
                {
                    RowSums sums = SignedSums.Of<SignedSums.Elements>(row, signs, width);

                    sums.LargestBits.Should().Be(largest);
                    (sums.Start % 8).Should().Be(0);
                    (sums.End == length || sums.End % 8 == 0).Should().BeTrue();
                    FingerprintTestData.Bits(row[..sums.Start]).Should().NotContain(largest);
                    FingerprintTestData.Bits(row[sums.End..]).Should().NotContain(largest);
                }
            }
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Sums_are_finite_just_if_all_elements_are(float bad)
    {
        foreach (int length in new[] { 1, 15, 16, 17, 32, 100, 1000, 20_000 })
        {
            float[] row = [.. Enumerable.Range(0, length).Select(i => i % 2 == 0 ? float.MaxValue : float.MinValue)];
            byte[] signs = Signs(new Random(length), length);
            foreach (KernelWidth width in FingerprintTestData.Widths)
            {
                double.IsFinite(SignedSums.Of<SignedSums.Elements>(row, signs, width).Sum).Should().BeTrue();
                double.IsFinite(SignedSums.Of<SignedSums.Squares>(row, signs, width).Sum).Should().BeTrue();
                for (int at = 0; at < length; at += (length / 100) + 1)
                {
                    float[] other = [.. row];
                    other[at] = bad;
                    other[^1] = at == length - 1 ? bad : -bad;
                    double.IsFinite(SignedSums.Of<SignedSums.Elements>(other, signs, width).Sum).Should().BeFalse();
                    double.IsFinite(SignedSums.Of<SignedSums.Squares>(other, signs, width).Sum).Should().BeFalse();
                }
            }
        }
    }

    private static byte[] Signs(Random random, int length)
    {
        byte[] signs = new byte[(length / 8) + 1 + LogitRows.Slack];
        random.NextBytes(signs);
        return signs;
    }

    private static double Halve(double[] sums) =>
        sums.Length == 1 ? sums[0] : Halve([.. sums.Take(sums.Length / 2).Zip(sums.Skip(sums.Length / 2), (left, right) => left + right)]);
}
