using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Tests.Fingerprints.Copies;

/// <summary>Licensees who put their answers together.</summary>
public sealed class CoalitionTests : IDisposable
{
    private const int Length = 1000;

    // A trace among 1,000 at this rate is as hard as one among 1,000,000 at 10⁻⁶.
    private static readonly TraceOptions AsAmongAMillion = new() { FalseAccusationRate = 1e-9 };
    private static readonly ulong[] Thousand = [.. Enumerable.Range(1, 1000).Select(i => (ulong)i)];

    private readonly FingerprintKey _key = FingerprintTestData.PublisherKey(9);

    public void Dispose() => _key.Dispose();

    public enum Attack
    {
        Mean,
        Median,
        OneOfThemPerElement,
        OneOfThemPerRow,
        Extremes,
    }

    [Theory]
    [InlineData(Attack.Mean, 2)]
    [InlineData(Attack.Mean, 8)]
    [InlineData(Attack.Mean, 16)]
    [InlineData(Attack.Median, 9)]
    [InlineData(Attack.OneOfThemPerElement, 8)]
    [InlineData(Attack.OneOfThemPerRow, 8)]
    [InlineData(Attack.Extremes, 4)]
    public void One_of_a_coalition_is_named_and_nobody_else(Attack attack, int size)
    {
        for (int seed = 0; seed < 3; seed++)
        {
            Random random = new(seed);
            ulong[] coalition = [.. Thousand.OrderBy(_ => random.Next()).Take(size)];
            IFingerprintEmbedder[] embedders =
                [.. coalition.Select(id => new LogitFingerprint(_key).Create(new FingerprintSubject(FingerprintTestData.Model, id)))];
            FingerprintEvidence evidence = new(Length);
            for (int row = 0; row < 10; row++)
            {
                float[] clean = FingerprintTestData.Row(random, Length);
                float[][] copies = Array.ConvertAll(embedders, embedder =>
                {
                    float[] marked = [.. clean];
                    embedder.Embed(OutputTensor.Create("y", marked, 1, Length));
                    return marked;
                });
                int one = random.Next(size);
                evidence.AddInformed([.. Enumerable.Range(0, Length).Select(i => Combine(attack, [.. copies.Select(copy => copy[i])], one, random))], clean);
            }

            TraceResult result = evidence.Trace(_key, FingerprintTestData.Model, Thousand, AsAmongAMillion);

            result.Accused.Should().NotBeNull();
            coalition.Should().Contain(result.Accused!.Value);
            result.Ranked.Where(candidate => candidate.Log10CorrectedPValue <= -9).Should().OnlyContain(candidate => coalition.Contains(candidate.FingerprintId));
        }
    }

    [Fact]
    public void A_coalition_that_is_too_large_hides_but_accuses_nobody_else()
    {
        // ⟨R, s⟩/‖R‖ is about √(V/c) for each of c: at c = 64 that is 4, where 9.1 would be needed among a million.
        Random random = new(3);
        ulong[] coalition = [.. Thousand.Take(64)];
        FingerprintEvidence evidence = new(Length);
        float[] clean = FingerprintTestData.Row(random, Length);
        float[] mean = new float[Length];
        foreach (ulong id in coalition)
        {
            using IFingerprintEmbedder embedder = new LogitFingerprint(_key).Create(new FingerprintSubject(FingerprintTestData.Model, id));
            float[] marked = [.. clean];
            embedder.Embed(OutputTensor.Create("y", marked, 1, Length));
            for (int i = 0; i < Length; i++)
            {
                mean[i] += marked[i] / coalition.Length;
            }
        }

        evidence.AddInformed(mean, clean);

        evidence.Trace(_key, FingerprintTestData.Model, Thousand, AsAmongAMillion).Accused.Should().BeNull();
    }

    private static float Combine(Attack attack, float[] values, int one, Random random) => attack switch
    {
        Attack.Mean => values.Average(),
        Attack.Median => values.Order().ElementAt(values.Length / 2),
        Attack.OneOfThemPerElement => values[random.Next(values.Length)],
        Attack.OneOfThemPerRow => values[one],
        _ => random.Next(2) == 0 ? values.Min() : values.Max(),
    };
}
