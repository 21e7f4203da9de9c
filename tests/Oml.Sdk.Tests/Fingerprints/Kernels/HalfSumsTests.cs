using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Tests.Fingerprints.Kernels;

public sealed class HalfSumsTests
{
    [Fact]
    public void The_sums_have_the_bits_of_the_definition()
    {
        Random random = new(1);
        byte[] signs = new byte[600];
        foreach (int length in Enumerable.Range(1, 200).Append(4099))
        {
            for (int kind = 0; kind < HalfTestData.Kinds; kind++)
            {
                Half[] row = [.. Enumerable.Range(0, length).Select(_ => HalfTestData.Number(random, kind))];
                random.NextBytes(signs);
                foreach (bool squares in new[] { false, true })
                {
                    double[] sums = new double[16];
                    double[] signedSums = new double[16];
                    for (int i = 0; i < length; i++)
                    {
                        double value = (double)row[i];
                        sums[i % 16] += squares ? value * value : Math.Abs(value);
                        signedSums[i % 16] += (signs[i / 8] >> (i % 8) & 1) == 1 ? -value : value;
                    }

                    HalfSums.Of(row, signs, squares, out double sum, out double signed);

                    sum.Should().Be(Halve(sums));
                    signed.Should().Be(Halve(signedSums));
                }
            }
        }
    }

    private static double Halve(double[] sums) =>
        sums.Length == 1 ? sums[0] : Halve([.. sums.Take(sums.Length / 2).Zip(sums.Skip(sums.Length / 2), (left, right) => left + right)]);
}
