using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;
using Oml.Sdk.Testing;

namespace Oml.Sdk.Tests.Fingerprints;

public sealed class LabelFingerprintTests : FingerprintEmbedderContract, IDisposable
{
    private static readonly ulong[] Thousand = [.. Enumerable.Range(1, 1000).Select(i => (ulong)i)];

    private readonly FingerprintKey _key = FingerprintTestData.PublisherKey(9);

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData(3, 0.5, 0.1)]
    [InlineData(10, 0.2, 0.5)]
    [InlineData(1000, 0.5, 0.05)]
    public void Only_close_calls_change_and_only_by_exchanging_the_two_best(int classes, double share, double margin)
    {
        using IFingerprintEmbedder embedder = Embedder(1, new() { Share = share, MaxMargin = margin });
        int close = 0;
        int changed = 0;
        Random random = new(7);
        for (int row = 0; row < 3000; row++)
        {
            float[] clean = FingerprintTestData.Row(random, classes, scale: 1);
            float[] marked = [.. clean];
            Half[] halves = Array.ConvertAll(clean, x => (Half)x);
            Half[] markedHalves = [.. halves];
            embedder.Embed(OutputTensor.Create("y", marked, 1, classes)).Should().Be(new FingerprintOutcome(1, 0));
            embedder.Embed(OutputTensor.Create("y", markedHalves, 1, classes)).Should().Be(new FingerprintOutcome(1, 0));

            markedHalves.Order().Should().Equal(halves.Order());
            int[] order = [.. Enumerable.Range(0, classes).OrderByDescending(i => clean[i])];
            bool isClose = clean[order[0]] - clean[order[1]] <= (float)margin;
            close += isClose ? 1 : 0;
            if (!marked.SequenceEqual(clean))
            {
                changed++;
                isClose.Should().BeTrue();
                (clean[order[0]], clean[order[1]]) = (clean[order[1]], clean[order[0]]);
                marked.Should().Equal(clean);
            }
        }

        // Coins are thrown for triples of classes, of which three classes have six; the bound is for coins of their own.
        close.Should().BePositive();
        if (classes > 3)
        {
            ((double)changed / close).Should().BeApproximately(share, 0.2);
        }
    }

    [Theory]
    [InlineData(1000, 0.5)]
    [InlineData(1000, 0.25)]
    [InlineData(20, 0.5)]
    public void Labels_alone_name_one_of_a_thousand(int classes, double share)
    {
        LabelFingerprintOptions options = new() { Share = share };
        using IFingerprintEmbedder embedder = Embedder(321, options);
        Random random = new(3);
        LabelEvidence evidence = new(classes, options);
        LabelEvidence unmarked = new(classes, options);
        while (evidence.Rows < 400)
        {
            float[] clean = FingerprintTestData.Row(random, classes, scale: 1);
            float[] marked = [.. clean];
            embedder.Embed(OutputTensor.Create("y", marked, 1, classes));

            // The suspect answers for itself now and then.
            bool own = random.Next(10) == 0;
            evidence.Add(FingerprintTestData.ArgMax(own ? clean : marked), clean);
            unmarked.Add(FingerprintTestData.ArgMax([.. clean.Select(z => z + (float)(0.05 * FingerprintTestData.Normal(random)))]), clean);
        }

        TraceResult result = evidence.Trace(_key, FingerprintTestData.Model, Thousand);
        result.Accused.Should().Be(321);
        result.StrongestPossibleLog10CorrectedPValue.Should().BeLessThanOrEqualTo(result.Ranked[0].Log10CorrectedPValue);
        unmarked.Trace(_key, FingerprintTestData.Model, Thousand).Accused.Should().BeNull();
        evidence.Coins.Should().BeGreaterThan(50);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.05)]
    public void P_values_of_keys_that_have_nothing_to_do_with_it_are_at_least_what_they_say(double share)
    {
        const int trials = 20_000;
        LabelFingerprintOptions options = new() { Share = share, MaxMargin = 1 };
        using IFingerprintEmbedder embedder = Embedder(1, options);
        Random random = new(6);
        LabelEvidence evidence = new(100, options);
        while (evidence.Rows < 300)
        {
            float[] clean = FingerprintTestData.Row(random, 100);
            float[] marked = [.. clean];
            embedder.Embed(OutputTensor.Create("y", marked, 1, 100));
            evidence.Add(FingerprintTestData.ArgMax(marked), clean);
        }

        TraceResult all = evidence.Trace(
            _key, FingerprintTestData.Model, [.. Enumerable.Range(2, trials).Select(i => (ulong)i)], new TraceOptions { MaxRanked = trials });
        for (int k = 1; k <= 4; k++)
        {
            double expected = trials * Math.Pow(10, -k);
            all.Ranked.Count(candidate => candidate.Log10PValue <= -k).Should().BeLessThanOrEqualTo((int)(expected + (4 * Math.Sqrt(expected)) + 1));
        }
    }

    [Fact]
    public void Doubles_change_their_labels_where_their_floats_do_and_only_by_exchange()
    {
        using IFingerprintEmbedder embedder = Embedder(1, new() { MaxMargin = 0.5 });
        Random random = new(8);
        int changed = 0;
        for (int seed = 0; seed < 2000; seed++)
        {
            // Some are the same float, or the next.
            double[] clean = [.. FingerprintTestData.Row(random, 20, scale: 1).Select(x => x + (1e-9 * random.NextDouble()))];
            int best = Array.IndexOf(clean, clean.Max());
            if (seed % 4 == 0)
            {
                clean[(best + 1) % 20] = clean[best] - (1e-8 * random.Next(30));
            }

            double[] marked = [.. clean];
            float[] floats = Array.ConvertAll(clean, x => (float)x);
            float[] markedFloats = [.. floats];
            embedder.Embed(OutputTensor.Create("y", marked, 1, 20)).Should().Be(new FingerprintOutcome(1, 0));
            embedder.Embed(OutputTensor.Create("y", markedFloats, 1, 20)).Should().Be(new FingerprintOutcome(1, 0));

            marked.Order().Should().Equal(clean.Order());
            marked.SequenceEqual(clean).Should().Be(markedFloats.SequenceEqual(floats));
            if (!marked.SequenceEqual(clean))
            {
                changed++;
                Array.IndexOf(marked, marked.Max()).Should().Be(FingerprintTestData.ArgMax(markedFloats));
            }
        }

        changed.Should().BeInRange(200, 1500);
    }

    [Fact]
    public void Labels_of_doubles_name_one_of_a_thousand()
    {
        using IFingerprintEmbedder embedder = Embedder(321, new());
        Random random = new(3);
        LabelEvidence evidence = new(1000);
        while (evidence.Rows < 400)
        {
            float[] clean = FingerprintTestData.Row(random, 1000, scale: 1);
            double[] marked = Array.ConvertAll(clean, x => (double)x);
            embedder.Embed(OutputTensor.Create("y", marked, 1, 1000)).Should().Be(new FingerprintOutcome(1, 0));
            evidence.Add(Array.IndexOf(marked, marked.Max()), clean);
        }

        evidence.Trace(_key, FingerprintTestData.Model, Thousand).Accused.Should().Be(321);
    }

    [Fact]
    public void The_coin_is_that_of_the_specification()
    {
        using CarrierKey key = CarrierKey.Import([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
        FingerprintSubject subject = new(FingerprintTestData.Model, 1);
        using IFingerprintEmbedder embedder = new LabelFingerprint(key, subject).Create(subject);
        using System.Security.Cryptography.Aes aes = System.Security.Cryptography.Aes.Create();
        aes.Key = [.. Enumerable.Range(16, 16).Select(i => (byte)i)];
        for (int second = 0; second < 40; second++)
        {
            // Best 40, then this one, then 41.
            float[] row = new float[42];
            row[40] = 2;
            row[second] = 1.95f;
            row[41] = 1;
            byte[] block = new byte[16];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(block, (1ul << 63) | (40ul << 40) | ((ulong)second << 20) | 41);
            bool exchanged = aes.EncryptEcb(block, System.Security.Cryptography.PaddingMode.None)[0] < 128;

            embedder.Embed(OutputTensor.Create("y", row, 1, 42));

            (row[40] == 1.95f).Should().Be(exchanged);
            (row[second] == 2).Should().Be(exchanged);
        }
    }

    [Fact]
    public void Ties_and_short_rows_are_left_and_bad_input_refused()
    {
        using IFingerprintEmbedder embedder = Embedder(1, new() { MaxMargin = 100 });
        float[] tie = [1, 5, 5, 2];
        embedder.Embed(OutputTensor.Create("y", tie, 1, 4));
        tie.Should().Equal(1, 5, 5, 2);
        embedder.Embed(OutputTensor.Create("y", [1f, 2], 1, 2)).Should().Be(new FingerprintOutcome(0, 1));
        ((Action)(() => embedder.Embed(OutputTensor.Create("y", [1f, 2, float.NaN], 1, 3)))).Should().Throw<NonFiniteOutputException>();
        ((Action)(() => embedder.Embed(OutputTensor.Create("y", [1d, 2, double.NaN], 1, 3)))).Should().Throw<NonFiniteOutputException>();
        ((Action)(() => embedder.Embed(OutputTensor.Create("y", [1, 2, 3], 1, 3)))).Should().Throw<NotSupportedException>().WithMessage("*Int32*");
        LabelFingerprint factory = new(_key);
        factory.CheckOutput(new TensorInfo("y", TensorElementType.Float16, [-1, 1000]));
        factory.CheckOutput(new TensorInfo("y", TensorElementType.Float64, [-1, 1000]));
        ((Action)(() => factory.CheckOutput(new TensorInfo("y", TensorElementType.Int64, [-1, 1000])))).Should().Throw<NotSupportedException>();
        ((Action)(() => factory.CheckOutput(new TensorInfo("y", TensorElementType.Float32, [-1, 2])))).Should().Throw<NotSupportedException>().WithMessage("*2 elements*3*");
        ((Action)(() => factory.CheckOutput(new TensorInfo("y", TensorElementType.Float32, [-1, 1 << 21])))).Should().Throw<NotSupportedException>();
        ((Action)(() => _ = new LabelFingerprint(_key, new() { Share = 0.6 }))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => _ = new LabelFingerprint(_key, new() { MaxMargin = 0 }))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => _ = new LabelEvidence(2))).Should().Throw<ArgumentOutOfRangeException>();
        LabelEvidence evidence = new(3);
        ((Action)(() => evidence.Add(3, [1, 2, 3]))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => evidence.Add(-1, [1, 2, 3]))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => evidence.Add(0, [1, 2]))).Should().Throw<ArgumentException>();
        evidence.Add(0, [1, 2, 2.05f]).Should().BeFalse("it is neither of the two best");
        evidence.Add(1, [1, 2, 3]).Should().BeFalse("it is no close call");
        evidence.Add(1, [1, 2, float.NaN]).Should().BeFalse();
        ((Action)(() => evidence.Trace(_key, FingerprintTestData.Model, [1]))).Should().Throw<InvalidOperationException>().WithMessage("*3 were*");
        evidence.Add(1, [1, 2, 2.05f]).Should().BeTrue();
    }

    protected override IFingerprintEmbedderFactory CreateFactory() => new LabelFingerprint(_key, new() { MaxMargin = 1000 });

    protected override OutputTensor CreateOutput(int seed, int rows, int rowLength)
    {
        int length = Math.Max(3, rowLength);
        return OutputTensor.Create("y", FingerprintTestData.Row(new Random(seed), rows * length), rows, length);
    }

    // It promises the first or the second.
    protected override bool KeepsTop1(OutputTensor clean, OutputTensor marked, int row)
    {
        int length = (int)clean.RowLength;
        ReadOnlySpan<float> before = clean.GetSpan<float>().Slice(row * length, length);
        int label = FingerprintTestData.ArgMax(marked.GetSpan<float>().Slice(row * length, length));
        int better = 0;
        foreach (float score in before)
        {
            better += score > before[label] ? 1 : 0;
        }

        return better <= 1;
    }

    private IFingerprintEmbedder Embedder(ulong licensee, LabelFingerprintOptions options) =>
        new LabelFingerprint(_key, options).Create(new FingerprintSubject(FingerprintTestData.Model, licensee));
}
