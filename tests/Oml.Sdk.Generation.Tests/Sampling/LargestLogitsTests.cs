using Oml.Sdk.Generation.Sampling;

namespace Oml.Sdk.Generation.Tests.Sampling;

public sealed class LargestLogitsTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 3)]
    [InlineData(100, 40)]
    [InlineData(100, 100)]
    [InlineData(100, 500)]
    [InlineData(5_000, 1_024)]
    [InlineData(5_000, 3)]
    [InlineData(32_001, 40)]
    public void Finds_the_largest_in_order(int count, int most)
    {
        Random random = new(count + most);
        LargestLogits largest = new();
        for (int round = 0; round < 20; round++)
        {
            // Every fourth is the same as another.
            float[] logits = [.. Enumerable.Range(0, count).Select(_ => random.Next(count) / 4f)];
            int found = largest.Find(logits, most);

            float[] values = largest.Values(found).ToArray();
            int[] tokens = largest.Tokens(found).ToArray();
            values.Should().Equal(logits.OrderDescending().Take(most));
            tokens.Should().OnlyHaveUniqueItems();
            tokens.Select(token => logits[token]).Should().Equal(values);
        }
    }

    [Fact]
    public void Leaves_out_what_is_forbidden()
    {
        LargestLogits largest = new();

        int found = largest.Find([float.NegativeInfinity, 2, float.NegativeInfinity, 3], 4);

        largest.Tokens(found).ToArray().Should().Equal(3, 1);
    }
}
