using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Tests.Fingerprints;

public sealed class FingerprintEvidenceTests
{
    private static readonly ulong[] Thousand = [.. Enumerable.Range(1, 1000).Select(i => (ulong)i)];

    [Fact]
    public void Informed_evidence_names_one_of_a_thousand_from_a_few_rows()
    {
        using FingerprintKey key = FingerprintTestData.PublisherKey(1);
        FingerprintEvidence evidence = Informed(key, licensee: 321, rows: 3, length: 1000, (z, _) => z);

        TraceResult trace = evidence.Trace(key, FingerprintTestData.Model, Thousand);

        trace.Accused.Should().Be(321);
        trace.Ranked[0].Statistic.Should().BeGreaterThan(21.8, "exp(-T²/2) is then below 1e-103");
        trace.CorrectedPValue.Should().BeLessThan(1e-35, "no key of 128 bits proves more");
        trace.Margin.Should().BeGreaterThan(20);
        trace.Ranked.Should().HaveCount(10);
        trace.Candidates.Should().Be(1000);
        trace.Ranked[1].CorrectedPValue.Should().BeGreaterThan(1e-6);
    }

    [Fact]
    public void Informed_evidence_survives_an_affine_change_noise_and_rounding()
    {
        using FingerprintKey key = FingerprintTestData.PublisherKey(1);
        FingerprintEvidence evidence = Informed(key, licensee: 7, rows: 20, length: 1000, (z, noise) => MathF.Round((-5 + (0.37f * z) + (0.02f * noise)) * 100) / 100);

        evidence.Trace(key, FingerprintTestData.Model, Thousand).Accused.Should().Be(7);
    }

    [Fact]
    public void Blind_evidence_names_one_of_a_thousand_from_many_rows()
    {
        using FingerprintKey key = FingerprintTestData.PublisherKey(1);
        using IFingerprintEmbedder embedder = new LogitFingerprint(key).Create(new FingerprintSubject(FingerprintTestData.Model, 99));
        FingerprintEvidence evidence = new(1000);
        Random random = new(1);
        for (int row = 0; row < 400; row++)
        {
            float[] logits = FingerprintTestData.Row(random, 1000, scale: 2 + random.NextDouble(), shift: random.Next(5));
            embedder.Embed(OutputTensor.Create("logits", logits, 1, 1000));
            evidence.AddBlind(logits).Should().BeTrue();
        }

        evidence.Trace(key, FingerprintTestData.Model, Thousand).Accused.Should().Be(99);
    }

    [Fact]
    public void A_baseline_takes_out_what_a_model_s_classes_have_in_common()
    {
        using FingerprintKey key = FingerprintTestData.PublisherKey(1);
        using IFingerprintEmbedder embedder = new LogitFingerprint(key).Create(new FingerprintSubject(FingerprintTestData.Model, 5));
        Random random = new(2);
        float[] prior = FingerprintTestData.Row(random, 1000, scale: 4);
        FingerprintEvidence plain = new(1000);
        FingerprintEvidence based = new(1000, prior);
        for (int row = 0; row < 200; row++)
        {
            float[] logits = FingerprintTestData.Row(random, 1000, scale: 1);
            for (int i = 0; i < logits.Length; i++)
            {
                logits[i] += prior[i];
            }

            embedder.Embed(OutputTensor.Create("logits", logits, 1, 1000));
            plain.AddBlind(logits);
            based.AddBlind(logits);
        }

        using CarrierKey carrier = key.DeriveCarrierKey(new FingerprintSubject(FingerprintTestData.Model, 5));
        based.Detect(carrier).Statistic.Should().BeGreaterThan(plain.Detect(carrier).Statistic + 5);
    }

    [Fact]
    public void Ten_classes_name_one_of_a_thousand_because_each_class_has_signs_of_its_own()
    {
        using FingerprintKey key = FingerprintTestData.PublisherKey(3);
        FingerprintEvidence evidence = Informed(key, licensee: 12, rows: 100, length: 10, (z, _) => z);

        TraceResult trace = evidence.Trace(key, FingerprintTestData.Model, Thousand);

        trace.Accused.Should().Be(12);
        trace.StrongestPossibleLog10CorrectedPValue.Should().BeLessThan(-6);
    }

    [Fact]
    public void Three_classes_have_too_few_signs_and_say_so()
    {
        using FingerprintKey key = FingerprintTestData.PublisherKey(3);
        FingerprintEvidence evidence = Informed(key, licensee: 12, rows: 300, length: 3, (z, _) => z);

        TraceResult trace = evidence.Trace(key, FingerprintTestData.Model, Thousand);

        trace.Accused.Should().BeNull();
        trace.StrongestPossibleLog10CorrectedPValue.Should().BeGreaterThan(-6, "nine signs cannot tell a thousand licensees apart");
    }

    [Fact]
    public void An_unmarked_model_accuses_nobody()
    {
        using FingerprintKey key = FingerprintTestData.PublisherKey(1);
        Random random = new(5);
        FingerprintEvidence informed = new(1000);
        FingerprintEvidence blind = new(1000);
        for (int row = 0; row < 200; row++)
        {
            float[] reference = FingerprintTestData.Row(random, 1000);
            float[] suspect = [.. reference.Select(z => z + (float)(0.1 * FingerprintTestData.Normal(random)))];
            informed.AddInformed(suspect, reference);
            blind.AddBlind(suspect);
        }

        informed.Trace(key, FingerprintTestData.Model, Thousand).Accused.Should().BeNull();
        blind.Trace(key, FingerprintTestData.Model, Thousand).Accused.Should().BeNull();
    }

    [Fact]
    public void A_suspect_that_is_the_clean_model_has_no_mark()
    {
        using FingerprintKey key = FingerprintTestData.PublisherKey(1);
        FingerprintEvidence evidence = new(100);
        float[] row = FingerprintTestData.Row(new Random(1), 100);
        evidence.AddInformed(row, row).Should().BeTrue();
        using CarrierKey carrier = key.DeriveCarrierKey(new FingerprintSubject(FingerprintTestData.Model, 1));

        DetectionResult result = evidence.Detect(carrier);

        result.Statistic.Should().Be(0);
        result.PValue.Should().Be(1);
        result.ApproximatePValue.Should().BeApproximately(0.5, 1e-12);
    }

    [Fact]
    public void The_wrong_model_or_the_wrong_publisher_detects_nothing()
    {
        using FingerprintKey key = FingerprintTestData.PublisherKey(1);
        using FingerprintKey other = FingerprintTestData.PublisherKey(2);
        FingerprintEvidence evidence = Informed(key, licensee: 321, rows: 5, length: 1000, (z, _) => z);

        evidence.Trace(key, ModelId.Compute("another"u8), Thousand).Accused.Should().BeNull();
        evidence.Trace(other, FingerprintTestData.Model, Thousand).Accused.Should().BeNull();
    }

    [Fact]
    public void Masked_places_do_not_hide_the_mark()
    {
        using FingerprintKey key = FingerprintTestData.PublisherKey(1);
        using IFingerprintEmbedder embedder = new LogitFingerprint(key).Create(new FingerprintSubject(FingerprintTestData.Model, 8));
        Random random = new(3);
        FingerprintEvidence evidence = new(1000);
        for (int row = 0; row < 5; row++)
        {
            float[] clean = FingerprintTestData.Row(random, 1000);
            for (int i = 0; i < 500; i++)
            {
                clean[random.Next(1000)] = float.MinValue;
            }

            float[] marked = [.. clean];
            embedder.Embed(OutputTensor.Create("logits", marked, 1, 1000)).MarkedRows.Should().Be(1);
            evidence.AddInformed(marked, clean);
        }

        evidence.Trace(key, FingerprintTestData.Model, Thousand).Accused.Should().Be(8);
    }

    [Fact]
    public void Masked_places_of_blind_rows_count_nothing_with_a_baseline_too()
    {
        Random random = new(1);
        float[] baseline = FingerprintTestData.Row(random, 200);
        float[] suspect = [.. FingerprintTestData.Row(random, 200).Zip(baseline, (z, b) => z + b)];
        suspect.AsSpan(0, 100).Fill(-1e9f);
        double[] residual = new double[200];

        EvidenceRow.TryBlind(suspect, baseline, residual).Should().BeTrue();

        residual[..100].Should().OnlyContain(value => value == 0);
        residual.Sum(value => value * value).Should().BeApproximately(1, 1e-12);
        residual.Sum().Should().BeApproximately(0, 0.2, "it was centred over the places that count, and only then clipped");
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(30f)]
    [InlineData(-30f)]
    public void Masks_are_known_by_their_distance_wherever_the_scores_lie(float shift)
    {
        float[] row = [.. FingerprintTestData.Row(new Random(1), 200).Select(z => z + shift)];
        row.AsSpan(0, 100).Fill(-1e4f);
        double[] residual = new double[200];

        EvidenceRow.TryBlind(row, [], residual).Should().BeTrue();

        residual[..100].Should().OnlyContain(value => value == 0);
        residual[100..].Should().Contain(value => value != 0);
    }

    [Fact]
    public void The_class_of_an_informed_row_is_the_reference_s()
    {
        using FingerprintKey key = FingerprintTestData.PublisherKey(1);
        using IFingerprintEmbedder embedder = new LogitFingerprint(key).Create(new FingerprintSubject(FingerprintTestData.Model, 8));
        using CarrierKey carrier = key.DeriveCarrierKey(new FingerprintSubject(FingerprintTestData.Model, 8));
        FingerprintEvidence evidence = new(10);
        Random random = new(3);
        for (int row = 0; row < 2000; row++)
        {
            float[] clean = FingerprintTestData.Row(random, 10, scale: 1);
            float[] marked = [.. clean];
            embedder.Embed(OutputTensor.Create("logits", marked, 1, 10));

            // Rounded so coarsely that the best two are often equal, and the lower index looks like the class.
            float[] suspect = [.. marked.Select(z => MathF.Round(2 * z) / 2)];
            evidence.AddInformed(suspect, clean);
        }

        evidence.Detect(carrier).Statistic.Should().BeGreaterThan(7.5, "it is 8.05, and 6.5 where the suspect's class is used");
    }

    [Fact]
    public void No_p_value_claims_more_than_a_key_of_128_bits_gives()
    {
        using FingerprintKey key = FingerprintTestData.PublisherKey(1);
        FingerprintEvidence evidence = Informed(key, licensee: 321, rows: 5, length: 1000, (z, _) => z);
        using CarrierKey carrier = key.DeriveCarrierKey(new FingerprintSubject(FingerprintTestData.Model, 321));

        DetectionResult result = evidence.Detect(carrier);
        TraceResult trace = evidence.Trace(key, FingerprintTestData.Model, Thousand);

        result.Statistic.Should().BeGreaterThan(20);
        result.PValue.Should().BeApproximately(Math.ScaleB(1, -128), 1e-50);
        result.ApproximatePValue.Should().BeApproximately(Math.ScaleB(1, -128), 1e-50);
        trace.Accused.Should().Be(321);
        trace.CorrectedPValue.Should().BeApproximately(1000 * Math.ScaleB(1, -128), 1e-47);
        trace.StrongestPossibleLog10CorrectedPValue.Should().BeApproximately(3 + Math.Log10(Math.ScaleB(1, -128)), 1e-9);
    }

    [Fact]
    public void Unusable_rows_are_counted_and_evidence_of_them_alone_is_refused()
    {
        using FingerprintKey key = FingerprintTestData.PublisherKey(1);
        using CarrierKey carrier = key.DeriveCarrierKey(default);
        FingerprintEvidence evidence = new(3);

        evidence.AddBlind([1, float.NaN, 2]).Should().BeFalse();
        evidence.AddBlind([2, 2, 2]).Should().BeFalse();
        evidence.AddInformed([1, 2, 3], [4, 4, 4]).Should().BeFalse();
        evidence.AddInformed([1, float.PositiveInfinity, 3], [4, 5, 7]).Should().BeFalse();

        (evidence.Rows, evidence.SkippedRows).Should().Be((0L, 4L));
        ((Action)(() => evidence.Detect(carrier))).Should().Throw<InvalidOperationException>().WithMessage("*4 were skipped*");
        ((Action)(() => evidence.Trace(key, default, [1]))).Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void Refuses_wrong_arguments()
    {
        using FingerprintKey key = FingerprintTestData.PublisherKey(1);
        FingerprintEvidence evidence = new(3);
        evidence.AddBlind([1, 2, 4]);

        ((Action)(() => _ = new FingerprintEvidence(1))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => _ = new FingerprintEvidence(2, [1f, 1f]))).Should().Throw<ArgumentException>().WithMessage("*baseline*");
        ((Action)(() => evidence.AddBlind([1, 2]))).Should().Throw<ArgumentException>().WithMessage("*3 elements*");
        ((Action)(() => evidence.Trace(key, default, []))).Should().Throw<ArgumentException>();
        ((Action)(() => evidence.Trace(key, default, [1, 2, 1]))).Should().Throw<ArgumentException>().WithMessage("*1 comes twice*");
        ((Action)(() => evidence.Trace(key, default, [1], new TraceOptions { FalseAccusationRate = 1 }))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => evidence.Trace(key, default, [1], new TraceOptions { MaxRanked = 1 }))).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void A_trace_stops_when_told_and_reports_how_far_it_is()
    {
        using FingerprintKey key = FingerprintTestData.PublisherKey(1);
        FingerprintEvidence evidence = new(3);
        evidence.AddBlind([1, 2, 4]);
        int last = 0;
        Reporter reporter = new(done => InterlockedMax(ref last, done));

        evidence.Trace(key, default, Thousand, progress: reporter);

        last.Should().Be(1000);
        ((Action)(() => evidence.Trace(key, default, Thousand, cancellationToken: new CancellationToken(true))))
            .Should().Throw<OperationCanceledException>();
        key.Dispose();
        ((Action)(() => evidence.Trace(key, default, Thousand))).Should().Throw<ObjectDisposedException>();
    }

    private static FingerprintEvidence Informed(FingerprintKey key, ulong licensee, int rows, int length, Func<float, float, float> change)
    {
        using IFingerprintEmbedder embedder = new LogitFingerprint(key).Create(new FingerprintSubject(FingerprintTestData.Model, licensee));
        Random random = new(11);
        FingerprintEvidence evidence = new(length);
        for (int row = 0; row < rows; row++)
        {
            float[] clean = FingerprintTestData.Row(random, length);
            float[] marked = [.. clean];
            embedder.Embed(OutputTensor.Create("logits", marked, 1, length));
            evidence.AddInformed([.. marked.Select(z => change(z, (float)FingerprintTestData.Normal(random)))], clean);
        }

        return evidence;
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (int seen = target; seen < value;)
        {
            int before = Interlocked.CompareExchange(ref target, value, seen);
            seen = before == seen ? value : before;
        }
    }

    private sealed class Reporter(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
