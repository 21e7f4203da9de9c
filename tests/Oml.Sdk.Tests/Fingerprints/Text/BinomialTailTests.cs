using Oml.Sdk.Fingerprints.Text;

namespace Oml.Sdk.Tests.Fingerprints.Text;

public sealed class BinomialTailTests
{
    [Theory]
    [InlineData(1, 0.25)]
    [InlineData(7, 0.5)]
    [InlineData(40, 0.25)]
    [InlineData(300, 0.1)]
    public void Is_the_sum_of_the_terms(int trials, double chance)
    {
        double tail = 0;
        double[] term = new double[trials + 1];
        for (int k = 0; k <= trials; k++)
        {
            term[k] = Math.Exp(Enumerable.Range(1, trials).Sum(i => Math.Log(i) - (i <= k ? Math.Log(i) : Math.Log(i - k)))
                + (k * Math.Log(chance)) + ((trials - k) * Math.Log(1 - chance)));
        }

        for (int k = trials; k >= 0; k--)
        {
            tail += term[k];
            Math.Pow(10, BinomialTail.Log10(k, trials, chance)).Should().BeApproximately(tail, 1e-10 + (1e-9 * tail), "k = {0}", k);
        }
    }

    [Fact]
    public void Goes_below_the_range_of_double()
    {
        BinomialTail.Log10(5000, 5000, 0.25).Should().BeApproximately(5000 * Math.Log10(0.25), 1e-7);
        BinomialTail.Log10(0, 5000, 0.25).Should().Be(0);
    }

    [Fact]
    public void Stays_right_for_a_million_coins()
    {
        // Normal with a correction for continuity.
        double z = (500_999.5 - 500_000) / 500;
        BinomialTail.Log10(501_000, 1_000_000, 0.5).Should().BeApproximately(NormalTailAt(z), 1e-4);
    }

    private static double NormalTailAt(double z) => Oml.Sdk.Fingerprints.NormalTail.Log10(z);
}
