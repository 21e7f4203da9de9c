using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Tests.Fingerprints.Kernels;

public sealed class SignedSumsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(1000)]
    [InlineData(4099)]
    public void Every_width_gives_the_same_bits_and_those_of_the_definition(int length)
    {
        Random random = new(length);
        float[] row = [.. Enumerable.Range(0, length).Select(_ => (float)((random.NextDouble() - 0.3) * Math.Pow(10, random.Next(-8, 8))))];
        byte[] signs = new byte[(length / 8) + 16];
        random.NextBytes(signs);
        foreach (bool squares in new[] { false, true })
        {
            double[] sums = new double[16];
            double[] signedSums = new double[16];
            for (int i = 0; i < length; i++)
            {
                double value = row[i];
                sums[i % 16] += squares ? value * value : value;
                signedSums[i % 16] += (signs[i / 8] >> (i % 8) & 1) == 1 ? -value : value;
            }

            foreach (KernelWidth width in Enum.GetValues<KernelWidth>())
            {
                SignedSums.Of(row, signs, squares, out double sum, out double signed, width);
                sum.Should().Be(Halve(sums));
                signed.Should().Be(Halve(signedSums));
            }
        }
    }

    private static double Halve(double[] sums) =>
        sums.Length == 1 ? sums[0] : Halve([.. sums.Take(sums.Length / 2).Zip(sums.Skip(sums.Length / 2), (left, right) => left + right)]);
}
