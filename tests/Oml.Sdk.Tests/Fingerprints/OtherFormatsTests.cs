using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Tests.Fingerprints;

/// <summary>Outputs of Float16 and Float64.</summary>
public sealed class OtherFormatsTests : IDisposable
{
    private static readonly ulong[] Thousand = [.. Enumerable.Range(1, 1000).Select(i => (ulong)i)];
    private static readonly FingerprintSubject Licensee = new(FingerprintTestData.Model, 321);

    private readonly FingerprintKey _key = FingerprintTestData.PublisherKey(9);

    public enum Kind
    {
        Logits,
        Probabilities,
        Embeddings,
    }

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData(Kind.Logits, 10)]
    [InlineData(Kind.Logits, 1000)]
    [InlineData(Kind.Probabilities, 10)]
    [InlineData(Kind.Probabilities, 1000)]
    public void What_is_largest_in_a_row_of_halves_stays_so_and_nothing_else(Kind kind, int length)
    {
        using IFingerprintEmbedder embedder = Factory(kind).Create(Licensee);
        for (int seed = 0; seed < 300; seed++)
        {
            Half[] clean = Array.ConvertAll(Row(kind, new Random(seed), length), x => (Half)x);
            if (kind == Kind.Logits && seed % 5 == 0)
            {
                clean[seed % length] = Half.MinValue;
            }

            Half[] marked = [.. clean];
            embedder.Embed(OutputTensor.Create("y", marked, 1, length)).MarkedRows.Should().Be(1);

            Half max = clean.Max();
            Half top = marked.Max();
            marked.Should().OnlyContain(x => Half.IsFinite(x));
            marked.Select(x => x == top).Should().Equal(clean.Select(x => x == max));
            marked.Should().NotEqual(clean);
        }
    }

    [Theory]
    [InlineData(Kind.Logits, 10)]
    [InlineData(Kind.Logits, 1000)]
    [InlineData(Kind.Probabilities, 10)]
    [InlineData(Kind.Probabilities, 1000)]
    public void What_is_largest_in_a_row_of_doubles_stays_so_however_close_the_next(Kind kind, int length)
    {
        using IFingerprintEmbedder embedder = Factory(kind).Create(Licensee);
        for (int seed = 0; seed < 300; seed++)
        {
            Random random = new(seed);
            double[] clean = Array.ConvertAll(Row(kind, random, length), x => (double)x);

            // The next double below the largest is the same float.
            int next = random.Next(length);
            clean[next] = clean[next] == clean.Max() ? clean[next] : Math.BitDecrement(clean.Max());
            double[] marked = [.. clean];
            embedder.Embed(OutputTensor.Create("y", marked, 1, length)).MarkedRows.Should().Be(1);

            double max = clean.Max();
            double top = marked.Max();
            marked.Select(x => x == top).Should().Equal(clean.Select(x => x == max));
            marked.Should().NotEqual(clean);
            if (kind == Kind.Probabilities)
            {
                marked.Sum().Should().BeApproximately(clean.Sum(), 1e-5);
                marked.Should().OnlyContain(p => p >= 0);
            }
        }
    }

    [Theory]
    [InlineData(Kind.Logits)]
    [InlineData(Kind.Probabilities)]
    [InlineData(Kind.Embeddings)]
    public void Doubles_change_by_what_the_same_floats_change_by(Kind kind)
    {
        using IFingerprintEmbedder embedder = Factory(kind).Create(Licensee);
        float[] clean = Row(kind, new Random(1), 500);
        float[] floats = [.. clean];
        double[] doubles = Array.ConvertAll(clean, x => (double)x);

        embedder.Embed(OutputTensor.Create("y", floats, 1, 500));
        embedder.Embed(OutputTensor.Create("y", doubles, 1, 500));

        for (int i = 0; i < 500; i++)
        {
            ((float)doubles[i]).Should().BeApproximately(floats[i], MathF.BitIncrement(MathF.Abs(floats[i])) * 2.4e-7f);
        }
    }

    [Theory]
    [InlineData(Kind.Logits)]
    [InlineData(Kind.Probabilities)]
    [InlineData(Kind.Embeddings)]
    public void A_trace_names_the_licensee_from_halves(Kind kind)
    {
        using IFingerprintEmbedder embedder = Factory(kind).Create(Licensee);
        FingerprintEvidence evidence = new(768);
        Random random = new(4);
        for (int row = 0; row < 20; row++)
        {
            float[] clean = Row(kind, random, 768);
            Half[] marked = Array.ConvertAll(clean, x => (Half)x);
            embedder.Embed(OutputTensor.Create("y", marked, 1, 768)).MarkedRows.Should().Be(1);
            float[] suspect = Array.ConvertAll(marked, x => (float)x);
            bool used = kind == Kind.Probabilities ? evidence.AddInformedProbabilities(suspect, clean) : evidence.AddInformed(suspect, clean);
            used.Should().BeTrue();
        }

        evidence.Trace(_key, FingerprintTestData.Model, Thousand).Accused.Should().Be(321);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1000)]
    public void Halves_keep_the_sum_of_a_distribution_to_their_rounding(int length)
    {
        using IFingerprintEmbedder embedder = Factory(Kind.Probabilities).Create(Licensee);
        for (int seed = 0; seed < 200; seed++)
        {
            Half[] clean = Array.ConvertAll(Row(Kind.Probabilities, new Random(seed), length), x => (Half)x);
            Half[] marked = [.. clean];
            embedder.Embed(OutputTensor.Create("y", marked, 1, length)).MarkedRows.Should().Be(1);

            // Half a unit of each element, and a whole one more of the largest.
            double rounding = clean.Sum(p => Math.Max((double)p / 2048, Math.Pow(2, -25))) + ((double)clean.Max() / 512);
            marked.Sum(p => (double)p).Should().BeApproximately(clean.Sum(p => (double)p), rounding * 1.06);
            marked.Should().OnlyContain(p => p >= Half.Zero);
        }
    }

    [Theory]
    [InlineData(128)]
    [InlineData(768)]
    public void Embeddings_of_halves_keep_their_norm_and_have_the_stated_cosine(int length)
    {
        using IFingerprintEmbedder embedder = Factory(Kind.Embeddings).Create(Licensee);
        for (int seed = 0; seed < 200; seed++)
        {
            float[] row = Row(Kind.Embeddings, new Random(seed), length);
            double norm = Math.Sqrt(row.Sum(x => (double)x * x));
            Half[] clean = Array.ConvertAll(row, x => (Half)(x / norm));
            Half[] marked = [.. clean];
            embedder.Embed(OutputTensor.Create("y", marked, 1, length)).MarkedRows.Should().Be(1);

            double before = Math.Sqrt(clean.Sum(x => (double)x * (double)x));
            double after = Math.Sqrt(marked.Sum(x => (double)x * (double)x));
            double cosine = clean.Zip(marked).Sum(p => (double)p.First * (double)p.Second) / (before * after);
            (after / before).Should().BeApproximately(1, 5e-4);
            (1 - cosine).Should().BeApproximately(1e-3, 1e-5);
        }
    }

    [Fact]
    public void Rows_that_cannot_hold_the_mark_are_left_bit_for_bit()
    {
        using IFingerprintEmbedder embedder = Factory(Kind.Logits).Create(Licensee);
        Random random = new(6);

        // The largest number of all has none above it; beside 1024, steps of 0.01 are lost.
        Half[] full = [Half.MaxValue, .. Enumerable.Range(0, 299).Select(_ => (Half)random.Next(100))];
        Half[] coarse = [.. Enumerable.Range(0, 300).Select(_ => (Half)(1024 + random.Next(3)))];
        double[] far = [1e300, .. Enumerable.Range(0, 299).Select(_ => random.NextDouble())];
        foreach (Half[] row in new[] { full, coarse })
        {
            Half[] before = [.. row];
            embedder.Embed(OutputTensor.Create("y", row, 1, 300)).Should().Be(new FingerprintOutcome(0, 1));
            row.Should().Equal(before);
        }

        double[] beforeFar = [.. far];
        embedder.Embed(OutputTensor.Create("y", far, 1, 300)).Should().Be(new FingerprintOutcome(0, 1));
        far.Should().Equal(beforeFar);
    }

    [Fact]
    public void What_is_not_finite_is_refused_at_its_place_or_left()
    {
        using IFingerprintEmbedder refusing = Factory(Kind.Logits).Create(Licensee);
        using IFingerprintEmbedder leaving = new LogitFingerprint(_key, new() { NonFiniteOutputs = NonFiniteOutputs.LeaveUnmarked }).Create(Licensee);
        Half[] halves = [(Half)1, (Half)2, (Half)3, (Half)4, Half.NegativeInfinity, (Half)6];
        double[] doubles = [1, 2, 3, 4, double.NaN, 6];

        ((Action)(() => refusing.Embed(OutputTensor.Create("y", [.. halves], 2, 3)))).Should().Throw<NonFiniteOutputException>().Which.Should().Match<NonFiniteOutputException>(e => e.Row == 1 && e.Column == 1);
        ((Action)(() => refusing.Embed(OutputTensor.Create("y", [.. doubles], 2, 3)))).Should().Throw<NonFiniteOutputException>().Which.Should().Match<NonFiniteOutputException>(e => e.Row == 1 && e.Column == 1);
        leaving.Embed(OutputTensor.Create("y", halves, 2, 3)).Should().Be(new FingerprintOutcome(1, 1));
        leaving.Embed(OutputTensor.Create("y", doubles, 2, 3)).Should().Be(new FingerprintOutcome(1, 1));
        halves[4].Should().Be(Half.NegativeInfinity);
        doubles[5].Should().Be(6);
    }

    [Theory]
    [InlineData(Kind.Logits)]
    [InlineData(Kind.Probabilities)]
    [InlineData(Kind.Embeddings)]
    public void Marking_allocates_nothing(Kind kind)
    {
        using IFingerprintEmbedder embedder = Factory(kind).Create(Licensee);
        OutputTensor halves = OutputTensor.Create("y", Array.ConvertAll(Row(kind, new Random(1), 512), x => (Half)x), 1, 512);
        OutputTensor doubles = OutputTensor.Create("y", Array.ConvertAll(Row(kind, new Random(1), 512), x => (double)x), 1, 512);
        embedder.Embed(halves);

        Support.Allocations.Of(() =>
        {
            embedder.Embed(halves);
            embedder.Embed(doubles);
        }).Should().Be(0);
    }

    private IFingerprintEmbedderFactory Factory(Kind kind)
    {
        IFingerprintEmbedderFactory factory = kind switch
        {
            Kind.Logits => new LogitFingerprint(_key),
            Kind.Probabilities => new ProbabilityFingerprint(_key),
            _ => new EmbeddingFingerprint(_key, new() { CosineError = 1e-3 }),
        };
        factory.CheckOutput(new TensorInfo("y", TensorElementType.Float16, [-1, -1]));
        factory.CheckOutput(new TensorInfo("y", TensorElementType.Float64, [-1, -1]));
        return factory;
    }

    private static float[] Row(Kind kind, Random random, int length)
    {
        float[] row = FingerprintTestData.Row(random, length);
        if (kind != Kind.Probabilities)
        {
            return row;
        }

        double sum = row.Sum(z => Math.Exp(z));
        return [.. row.Select(z => (float)(Math.Exp(z) / sum))];
    }
}
