using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Tests.Fingerprints.Kernels;

public sealed class RowSamplesTests
{
    private const float Amplitude = 0.01f;

    public static TheoryData<float, float> MasksAndTops => new(
        from mask in new[] { -1e4f, -65504f, -1e5f, -1e9f, -1e30f, float.MinValue }
        from top in new[] { -40f, 5f, 39f, 40f, 300f }
        select (mask, top));

    [Theory]
    [MemberData(nameof(MasksAndTops))]
    public void A_mask_never_sets_the_amplitude(float mask, float top)
    {
        foreach (double share in new[] { 0.01, 0.3, 0.6, 0.9, 0.99 })
        {
            for (int seed = 0; seed < 30; seed++)
            {
                Random random = new(seed);
                float[] scores = FingerprintTestData.Row(random, 1000, 3, top);
                float[] row = [.. scores.Select(z => random.NextDouble() < share ? mask : z)];
                float[] kept = [.. row.Where(z => z > mask)];

                Step(row).Should().BeLessThanOrEqualTo(Amplitude * 1.001f * Math.Max(0, kept.Max() - kept.Min()), "seed {0}", seed);
            }
        }
    }

    [Theory]
    [MemberData(nameof(MasksAndTops))]
    public void A_mask_that_was_added_to_the_scores_never_sets_the_amplitude(float mask, float top)
    {
        foreach (double share in new[] { 0.01, 0.3, 0.6, 0.9, 0.99 })
        {
            for (int seed = 0; seed < 30; seed++)
            {
                Random random = new(seed);
                float[] scores = FingerprintTestData.Row(random, 1000, 3, top);
                float[] row = [.. scores.Select(z => random.NextDouble() < share ? mask + z : z)];

                Step(row).Should().BeLessThanOrEqualTo(Amplitude * 1.001f * (scores.Max() - scores.Min()), "seed {0}", seed);
            }
        }
    }

    [Fact]
    public void A_mask_at_every_sample_still_leaves_a_mark()
    {
        float[] row = [.. Enumerable.Repeat(-1e9f, 1000)];
        for (int i = 10; i < 20; i++)
        {
            row[i] = 5 - (2 * (i - 10));
        }

        Step(row).Should().Be(Amplitude * 18);
    }

    [Theory]
    [InlineData(-1000f)]
    [InlineData(-30f)]
    [InlineData(30f)]
    [InlineData(1000f)]
    public void Adding_a_constant_to_a_row_does_not_change_its_amplitude(float shift)
    {
        float[] row = FingerprintTestData.Row(new Random(1), 1000);
        row[284] = -1e4f;
        float[] shifted = [.. row.Select(z => z + shift)];

        Step(shifted).Should().BeApproximately(Step(row), 1e-5f);
    }

    [Fact]
    public void Scores_on_a_large_scale_are_seldom_taken_for_masks_and_never_marked_too_strongly()
    {
        float[] steps = [.. Enumerable.Range(0, 500).Select(seed => Step(FingerprintTestData.Row(new Random(seed), 1000, scale: 5000)))];

        // It takes the highest samples to be 32 times closer to each other than to the next.
        steps.Count(step => step < Amplitude * 2500).Should().BeLessThan(40);
        steps.Should().OnlyContain(step => step <= Amplitude * 40_000);
    }

    [Fact]
    public void Mostly_zeros_and_a_few_large_scores_are_no_masks()
    {
        float[] row = new float[1000];
        (row[5], row[17], row[333]) = (3000, 1500, 700);

        Step(row).Should().Be(Amplitude * 3000);
    }

    [Fact]
    public void A_mark_that_would_be_lost_in_rounding_is_not_claimed()
    {
        float[] row = [.. FingerprintTestData.Row(new Random(1), 1000).Select(z => z + 1e8f)];

        Step(row).Should().Be(0);
    }

    // The amplitude, found by marking with every width; 0 if the row was left.
    private static float Step(float[] row)
    {
        AesKeySchedule key = FingerprintTestData.Schedule(1);
        byte[] prepared = new byte[136];
        CarrierKeystream.Fill(in key, 0, prepared.AsSpan(0, 128), KernelDispatch.Aes);
        float[] expected = [.. row];
        RowVerdict verdict = ReferenceMarker.Mark(expected, prepared, Amplitude);
        foreach (KernelWidth width in FingerprintTestData.Widths)
        {
            float[] marked = [.. row];
            RowTally tally = LogitRows.Mark(marked, row.Length, in key, prepared, Amplitude, true, width, KernelDispatch.Aes);
            tally.Marked.Should().Be(verdict == RowVerdict.Marked ? 1 : 0);
            FingerprintTestData.Bits(marked).Should().Equal(FingerprintTestData.Bits(expected));
        }

        RowSamples samples = RowSamples.Of(row);
        samples = samples.IsFlat ? samples.Resolve(row, row.Max()) : samples;
        return RowLevel.TryStep(samples, Amplitude, out float step) ? step : 0;
    }
}
