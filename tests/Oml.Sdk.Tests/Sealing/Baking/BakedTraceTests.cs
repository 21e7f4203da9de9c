using Oml.Sdk.Fingerprints;
using Oml.Sdk.Sealing;
using Oml.Sdk.TestModels;
using Oml.Sdk.Tests.Fingerprints;

namespace Oml.Sdk.Tests.Sealing.Baking;

/// <summary>Copies of a linear model, computed here from the weights that their files hold: who is found, and what attackers see.</summary>
public sealed class BakedTraceTests : IDisposable
{
    private const int Inputs = 16;
    private const double Amplitude = 0.05;

    // log10 of the false-accusation rate among a million candidates: Bonferroni multiplies p by their number, 10⁶.
    private const double AmongAMillion = -6 - 6;

    private static readonly ulong[] Thousand = [.. Enumerable.Range(1, 1000).Select(i => (ulong)i)];

    private readonly FingerprintKey _key = FingerprintTestData.PublisherKey(5);

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData(64, 10)]
    [InlineData(100, 3)]
    [InlineData(127, 1)]
    [InlineData(128, 1)]
    [InlineData(1000, 1)]
    public void Informed_rows_name_one_of_a_million_licensees(int classes, int rows)
    {
        Copy clean = Copy.Clean(classes);
        Copy suspect = clean.Bake(_key, 321);
        FingerprintEvidence evidence = Informed(clean, suspect.Logits, rows);

        TraceResult trace = evidence.Trace(_key, clean.Id, Thousand);

        trace.Accused.Should().Be(321);
        trace.Ranked[0].Log10PValue.Should().BeLessThan(AmongAMillion);
        trace.Ranked[1].Log10PValue.Should().BeGreaterThan(-6, "no other licensee is near");
    }

    [Fact]
    public void Rows_of_128_elements_and_more_are_evidence_as_always()
    {
        Copy clean = Copy.Clean(300);
        Copy suspect = clean.Bake(_key, 7);
        FingerprintEvidence ordinary = new(300);
        foreach (float[] input in RandomInputs(5))
        {
            ordinary.AddInformed(suspect.Logits(input), clean.Logits(input)).Should().BeTrue();
        }

        using CarrierKey carrier = _key.DeriveCarrierKey(new FingerprintSubject(clean.Id, 7));
        ordinary.Detect(carrier).Should().Be(Informed(clean, suspect.Logits, 5).Detect(carrier));
        ordinary.Trace(_key, clean.Id, Thousand).Accused.Should().Be(7);
    }

    [Fact]
    public void Short_rows_are_not_found_by_ordinary_evidence_as_they_carry_other_signs()
    {
        Copy clean = Copy.Clean(100);
        Copy suspect = clean.Bake(_key, 7);
        FingerprintEvidence ordinary = new(100);
        foreach (float[] input in RandomInputs(10))
        {
            ordinary.AddInformed(suspect.Logits(input), clean.Logits(input));
        }

        ordinary.Trace(_key, clean.Id, Thousand).Accused.Should().BeNull();
    }

    [Theory]
    [InlineData(1f)]
    [InlineData(0.6f)]
    public void Probabilities_name_the_licensee_also_at_another_temperature_and_rounded(float temperature)
    {
        Copy clean = Copy.Clean(214);
        Copy suspect = clean.Bake(_key, 9);
        FingerprintEvidence evidence = FingerprintEvidence.ForBakedRows(214);
        foreach (float[] input in RandomInputs(10))
        {
            float[] seen = [.. Softmax(suspect.Logits(input), temperature).Select(p => MathF.Round(p * 1e6f) / 1e6f)];
            evidence.AddInformedProbabilities(seen, Softmax(clean.Logits(input), 1)).Should().BeTrue();
        }

        TraceResult trace = evidence.Trace(_key, clean.Id, Thousand);

        trace.Accused.Should().Be(9);
        trace.Ranked[0].Log10PValue.Should().BeLessThan(AmongAMillion);
    }

    [Fact]
    public void Blind_rows_name_the_licensee_once_the_model_s_habits_are_taken_out()
    {
        const int Classes = 1000;
        Copy clean = Copy.Clean(Classes);
        Copy suspect = clean.Bake(_key, 77, amplitude: 0.1);
        float[] baseline = new float[Classes];
        foreach (float[] input in RandomInputs(2000, seed: 90))
        {
            float[] row = clean.Logits(input);
            for (int i = 0; i < Classes; i++)
            {
                baseline[i] += row[i] / 2000;
            }
        }

        FingerprintEvidence evidence = FingerprintEvidence.ForBakedRows(Classes, baseline);
        foreach (float[] input in RandomInputs(1500, seed: 91))
        {
            evidence.AddBlind(suspect.Logits(input)).Should().BeTrue();
        }

        TraceResult trace = evidence.Trace(_key, clean.Id, Thousand);
        trace.Accused.Should().Be(77);
        trace.Ranked[0].Log10PValue.Should().BeLessThan(AmongAMillion);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(256)]
    public void Clean_copies_retrained_ones_and_other_models_accuse_nobody(int classes)
    {
        Copy clean = Copy.Clean(classes);
        Random random = new(8);
        float[] noise = FingerprintTestData.Row(random, classes, scale: Amplitude);
        FingerprintEvidence unmarked = Informed(clean, clean.Logits, 10);
        FingerprintEvidence retrained = Informed(clean, input => [.. clean.Logits(input).Select((z, i) => z + noise[i])], 10);
        FingerprintEvidence baked = Informed(clean, clean.Bake(_key, 5).Logits, 10);

        unmarked.Trace(_key, clean.Id, Thousand).Accused.Should().BeNull();
        retrained.Trace(_key, clean.Id, Thousand).Accused.Should().BeNull();
        baked.Trace(_key, FingerprintTestData.Model, Thousand).Accused.Should().BeNull("keys of another model are others");
    }

    [Fact]
    public void Two_copies_side_by_side_show_where_their_signs_differ_and_nothing_else()
    {
        Copy clean = Copy.Clean(256);
        float[] one = clean.Bake(_key, 1).Bias;
        float[] two = clean.Bake(_key, 2).Bias;
        int[] signsOfOne = BakingModels.Signs(_key, clean.File, 1, 256);
        int[] signsOfTwo = BakingModels.Signs(_key, clean.File, 2, 256);

        for (int i = 0; i < 256; i++)
        {
            (one[i] != two[i]).Should().Be(signsOfOne[i] != signsOfTwo[i], $"element {i}");
            (one[i] - two[i]).Should().BeApproximately((float)(Amplitude * (signsOfOne[i] - signsOfTwo[i])), 1e-6f);
        }

        one.Where((value, i) => value != two[i]).Should().HaveCountGreaterThan(96, "that is half of the carrier, and what the two can take out");
    }

    [Fact]
    public void Averaging_two_copies_still_names_both()
    {
        Copy clean = Copy.Clean(512);
        Copy one = clean.Bake(_key, 11);
        Copy two = clean.Bake(_key, 22);

        // Where the copies differ the mean takes the mark out whole; where they agree, nobody sees that there is one.
        Copy average = clean.With([.. one.Bias.Zip(two.Bias, (a, b) => (a + b) / 2)]);
        TraceResult trace = Informed(clean, average.Logits, 10).Trace(_key, clean.Id, Thousand);

        trace.Accused.Should().BeOneOf(11ul, 22ul);
        trace.Ranked.Take(2).Select(candidate => candidate.FingerprintId).Should().BeEquivalentTo([11ul, 22ul]);
        trace.Ranked[1].Log10PValue.Should().BeLessThan(AmongAMillion);
        trace.Ranked[2].Log10PValue.Should().BeGreaterThan(-6);
    }

    [Fact]
    public void Choosing_each_element_of_either_copy_at_random_still_names_them()
    {
        Copy clean = Copy.Clean(512);
        Copy one = clean.Bake(_key, 11);
        Copy two = clean.Bake(_key, 22);
        Random random = new(3);

        Copy mixed = clean.With([.. one.Bias.Zip(two.Bias, (a, b) => random.Next(2) == 0 ? a : b)]);

        Informed(clean, mixed.Logits, 10).Trace(_key, clean.Id, Thousand).Accused.Should().BeOneOf(11ul, 22ul);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(300)]
    public void A_row_whose_top_scores_are_further_apart_than_two_amplitudes_keeps_its_class(int classes)
    {
        Copy clean = Copy.Clean(classes);
        BakingCalibration calibration = new();
        int changed = 0, kept = 0;
        Copy[] copies = [.. Enumerable.Range(1, 20).Select(licensee => clean.Bake(_key, (ulong)licensee, amplitude: 0.2))];
        foreach (float[] input in RandomInputs(500))
        {
            float[] row = clean.Logits(input);
            calibration.Add(row);
            float[] descending = [.. row.OrderDescending()];
            foreach (Copy copy in copies)
            {
                bool same = FingerprintTestData.ArgMax(copy.Logits(input)) == FingerprintTestData.ArgMax(row);
                (same || descending[0] - descending[1] <= 0.4f + 1e-4f).Should().BeTrue("a margin above 2ε keeps the class");
                changed += same ? 0 : 1;
                kept += same ? 1 : 0;
            }
        }

        changed.Should().BePositive("with less margin a class may change: baking does not promise top-1 for every row");
        (changed / (double)(changed + kept)).Should().BeLessThanOrEqualTo(calibration.ShareAtRisk(0.2 + 1e-4));
    }

    [Fact]
    public void Evidence_of_rows_that_are_too_short_is_not_started() =>
        FluentActions.Invoking(() => FingerprintEvidence.ForBakedRows(63)).Should().Throw<ArgumentOutOfRangeException>();

    private static FingerprintEvidence Informed(Copy clean, Func<float[], float[]> suspect, int rows)
    {
        FingerprintEvidence evidence = FingerprintEvidence.ForBakedRows(clean.Bias.Length);
        foreach (float[] input in RandomInputs(rows))
        {
            evidence.AddInformed(suspect(input), clean.Logits(input)).Should().BeTrue();
        }

        return evidence;
    }

    private static IEnumerable<float[]> RandomInputs(int count, int seed = 4)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => FingerprintTestData.Row(random, Inputs, scale: 1))];
    }

    private static float[] Softmax(float[] logits, float temperature)
    {
        double[] powers = [.. logits.Select(z => Math.Exp((z - logits.Max()) / temperature))];
        return [.. powers.Select(power => (float)(power / powers.Sum()))];
    }

    private sealed class Copy(byte[] clean, float[] weights, float[] bias)
    {
        public byte[] File => clean;

        public float[] Bias => bias;

        public ModelId Id => ModelId.Compute(clean);

        public static Copy Clean(int classes)
        {
            byte[] model = TestModel.LinearClassifier(Inputs, classes, seed: classes);
            return new Copy(model, BakingModels.Floats(model, "weights"), BakingModels.Floats(model, "bias"));
        }

        public Copy With(float[] other) => new(clean, weights, other);

        public Copy Bake(FingerprintKey key, ulong licensee, double amplitude = Amplitude)
        {
            BakedModel baked = BakingModels.Baker(key, amplitude).Bake(clean, licensee);
            baked.Fingerprint.Placement.Should().Be(BakedPlacement.Bias);
            BakingModels.Floats(baked.Content, "weights").Should().Equal(weights);
            return With(BakingModels.Floats(baked.Content, "bias"));
        }

        public float[] Logits(float[] input)
        {
            float[] logits = [.. bias];
            for (int i = 0; i < input.Length; i++)
            {
                for (int c = 0; c < logits.Length; c++)
                {
                    logits[c] += input[i] * weights[(i * logits.Length) + c];
                }
            }

            return logits;
        }
    }
}
