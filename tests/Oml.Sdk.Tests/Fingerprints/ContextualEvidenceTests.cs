using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Kernels;
using Oml.Sdk.Inference;
using Oml.Sdk.Tests.Fingerprints.Kernels;

namespace Oml.Sdk.Tests.Fingerprints;

public sealed class ContextualEvidenceTests : IDisposable
{
    private const int Length = 1000;

    private static readonly ulong[] Thousand = [.. Enumerable.Range(1, 1000).Select(i => (ulong)i)];

    private readonly FingerprintKey _key = FingerprintTestData.PublisherKey(9);

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData(0.25)]
    [InlineData(0.5)]
    [InlineData(1)]
    public void A_trace_names_one_of_a_thousand_whatever_the_share(double share)
    {
        ContextualEvidence evidence = Evidence(share, 321, 5, out ContextualEvidence clean);

        TraceResult result = evidence.Trace(_key, FingerprintTestData.Model, Thousand);

        result.Accused.Should().Be(321);
        result.Ranked[0].Statistic.Should().BeGreaterThan(0.9 * Math.Sqrt(Length * (1 - share + (5 * share))));
        result.StrongestPossibleLog10CorrectedPValue.Should().BeLessThan(result.Ranked[0].Log10CorrectedPValue + 1e-9);
        clean.Trace(_key, FingerprintTestData.Model, Thousand).Accused.Should().BeNull();
    }

    [Fact]
    public void Who_averages_answers_to_many_inputs_learns_the_static_part_alone()
    {
        // The attack: the mean of what a mark changed, over inputs, is taken for the mark and its signs are taken away again.
        double CaughtAfter(double share)
        {
            using IFingerprintEmbedder embedder = Embedder(321, share);
            Random random = new(8);
            double[] learnt = new double[Length];
            for (int row = 0; row < 200; row++)
            {
                float[] clean = FingerprintTestData.Row(random, Length);
                float[] marked = Mark(embedder, clean);
                for (int i = 0; i < Length; i++)
                {
                    learnt[i] += marked[i] - clean[i];
                }
            }

            FingerprintEvidence plain = new(Length);
            ContextualEvidence contextual = new(Length, Math.Max(share, 1 / 256d));
            for (int row = 0; row < 20; row++)
            {
                float[] clean = FingerprintTestData.Row(random, Length);
                float[] suspect = Mark(embedder, clean);
                for (int i = 0; i < Length; i++)
                {
                    suspect[i] -= (float)(learnt[i] / 200);
                }

                plain.AddInformed(suspect, clean);
                contextual.AddInformed(suspect, clean);
            }

            using CarrierKey key = _key.DeriveCarrierKey(new FingerprintSubject(FingerprintTestData.Model, 321));
            return share == 0 ? plain.Detect(key).Log10PValue : contextual.Detect(key).Log10PValue;
        }

        CaughtAfter(0).Should().BeGreaterThan(-3, "signs that never change are learnt and taken away");
        CaughtAfter(0.5).Should().BeLessThan(-30);
    }

    [Fact]
    public void P_values_of_keys_that_have_nothing_to_do_with_it_are_at_least_what_they_say()
    {
        ContextualEvidence evidence = Evidence(0.5, 1, 8, out _);
        const int trials = 20_000;
        int[] below = new int[4];
        TraceResult all = evidence.Trace(
            _key, FingerprintTestData.Model, [.. Enumerable.Range(2, trials).Select(i => (ulong)i)], new TraceOptions { MaxRanked = trials });
        foreach (TraceCandidate candidate in all.Ranked)
        {
            for (int i = 0; i < below.Length; i++)
            {
                below[i] += candidate.Log10PValue <= -(i + 1) ? 1 : 0;
            }
        }

        for (int i = 0; i < below.Length; i++)
        {
            double expected = trials * Math.Pow(10, -(i + 1));
            below[i].Should().BeLessThanOrEqualTo((int)(expected + (4 * Math.Sqrt(expected)) + 1));
        }
    }

    [Fact]
    public void Answers_to_one_input_count_as_one_context()
    {
        using IFingerprintEmbedder embedder = Embedder(321, 0.5);
        float[] clean = FingerprintTestData.Row(new Random(1), Length);
        ContextualEvidence evidence = new(Length, 0.5);
        for (int i = 0; i < 50; i++)
        {
            evidence.AddInformed(Mark(embedder, clean), clean).Should().BeTrue();
        }

        evidence.Contexts.Should().Be(1);
        using CarrierKey key = _key.DeriveCarrierKey(new FingerprintSubject(FingerprintTestData.Model, 321));
        evidence.Detect(key).Statistic.Should().BeLessThanOrEqualTo(Math.Sqrt(Length) + 1e-9);
    }

    [Fact]
    public void The_strongest_possible_p_value_counts_what_there_is_and_not_rows_without_a_residual()
    {
        float[] clean = FingerprintTestData.Row(new Random(1), Length);
        ContextualEvidence evidence = new(Length, 0.5);
        evidence.AddInformed(clean, clean).Should().BeTrue();

        TraceResult none = evidence.Trace(_key, FingerprintTestData.Model, Thousand);
        float[] masked = FingerprintTestData.Row(new Random(2), Length);
        masked.AsSpan(40).Fill(-1e9f);
        evidence.AddInformed([.. masked.Select((z, i) => z + (i % 3))], masked).Should().BeTrue();
        TraceResult few = evidence.Trace(_key, FingerprintTestData.Model, Thousand);

        none.StrongestPossibleLog10CorrectedPValue.Should().Be(0, "the suspect is the clean model, and no key agrees with nothing");
        few.StrongestPossibleLog10CorrectedPValue.Should().BeApproximately(3 - (20 * Math.Log10(Math.E)), 1e-9, "forty elements are no masks");
    }

    [Fact]
    public void Short_rows_and_a_share_of_nothing_are_marked_as_ever()
    {
        using IFingerprintEmbedder contextual = Embedder(5, 0.5);
        using IFingerprintEmbedder plain = Embedder(5, 0);
        float[] row = FingerprintTestData.Row(new Random(1), 100);

        Mark(contextual, row).Should().Equal(Mark(plain, row));
    }

    [Fact]
    public void Longer_rows_than_expected_are_marked_the_same()
    {
        LogitFingerprint declared = new(_key, new() { ContextualShare = 0.3 });
        declared.CheckOutput(new TensorInfo("y", TensorElementType.Float32, [-1, 5000]));
        LogitFingerprint other = new(_key, new() { ContextualShare = 0.3 });
        other.CheckOutput(new TensorInfo("y", TensorElementType.Float32, [-1, 130]));
        FingerprintSubject subject = new(FingerprintTestData.Model, 5);
        using IFingerprintEmbedder first = declared.Create(subject);
        using IFingerprintEmbedder second = other.Create(subject);
        float[] row = FingerprintTestData.Row(new Random(1), 5000);

        Mark(first, row).Should().Equal(Mark(second, row));
    }

    [Fact]
    public void The_choice_and_the_context_are_those_of_the_specification()
    {
        using CarrierKey key = CarrierKey.Import([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
        using ContextualCarrier carrier = new(key, 256, 0.25);
        key.ExpandStatic(out AesKeySchedule fixedKey);
        byte[] signs = new byte[RowSigns.Length(256)];
        ContextualSigns maker = new(carrier, in fixedKey, default);
        maker.Expand(0x0123_4567_89ab_cdef, out AesKeySchedule contextKey);
        maker.Fill<AesBlocksSoftware>(in contextKey, 0, signs);

        byte[] expected = ReferenceContext.Signs([.. Enumerable.Range(0, 32).Select(i => (byte)i)], 64, 0x0123_4567_89ab_cdef, 256);
        signs.AsSpan(0, 32).SequenceEqual(expected).Should().BeTrue();
        Convert.ToHexStringLower(signs.AsSpan(0, 32)).Should().Be("c22c3937978f5bc36f4f812021c8d8ea63421315b5d0f41f4079b5e125f43d0a");
        float[] row = new float[131];
        row[3] = row[15] = row[16 + 7] = 1;
        row[130] = 2;
        RowContext.TryFind(row, out RowContext context).Should().BeTrue();
        context.Number.Should().Be(0x1200_0000_0000_0703);
    }

    [Fact]
    public void Numbers_out_of_range_are_refused()
    {
        ((Action)(() => _ = new ContextualEvidence(127, 0.5))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => _ = new ContextualEvidence(128, 0))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => _ = new ContextualEvidence(128, double.NaN))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => _ = new LogitFingerprint(_key, new() { ContextualShare = 1.1 }))).Should().Throw<ArgumentOutOfRangeException>();
        ContextualEvidence evidence = new(200, 0.5);
        ((Action)(() => evidence.AddInformed(new float[199], new float[200]))).Should().Throw<ArgumentException>();
        evidence.AddInformed(new float[200], new float[200]).Should().BeFalse();
        evidence.SkippedRows.Should().Be(1);
        ((Action)(() => evidence.Trace(_key, FingerprintTestData.Model, [1]))).Should().Throw<InvalidOperationException>();
    }

    private ContextualEvidence Evidence(double share, ulong licensee, int rows, out ContextualEvidence unmarked)
    {
        using IFingerprintEmbedder embedder = Embedder(licensee, share);
        ContextualEvidence evidence = new(Length, share);
        unmarked = new ContextualEvidence(Length, share);
        Random random = new(3);
        for (int row = 0; row < rows; row++)
        {
            float[] clean = FingerprintTestData.Row(random, Length);
            evidence.AddInformed(Mark(embedder, clean), clean).Should().BeTrue();
            unmarked.AddInformed([.. clean.Select(z => z + (float)(0.01 * FingerprintTestData.Normal(random)))], clean).Should().BeTrue();
        }

        evidence.Contexts.Should().Be(rows);
        return evidence;
    }

    private IFingerprintEmbedder Embedder(ulong licensee, double share) =>
        new LogitFingerprint(_key, new() { ContextualShare = share }).Create(new FingerprintSubject(FingerprintTestData.Model, licensee));

    private static float[] Mark(IFingerprintEmbedder embedder, float[] clean)
    {
        float[] marked = [.. clean];
        embedder.Embed(OutputTensor.Create("y", marked, 1, clean.Length)).MarkedRows.Should().Be(1);
        return marked;
    }
}
