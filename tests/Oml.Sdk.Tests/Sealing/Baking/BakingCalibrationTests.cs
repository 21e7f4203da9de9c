using Oml.Sdk.Fingerprints;
using Oml.Sdk.Tests.Fingerprints;

namespace Oml.Sdk.Tests.Sealing.Baking;

public sealed class BakingCalibrationTests
{
    [Fact]
    public void The_amplitude_is_a_fraction_of_the_spread_of_a_typical_row()
    {
        BakingCalibration calibration = new();
        Random random = new(1);
        for (int i = 0; i < 101; i++)
        {
            // Two rows in a hundred are wild; the median does not follow them.
            calibration.Add(FingerprintTestData.Row(random, 1000, scale: i < 2 ? 1e6 : 4, shift: i)).Should().BeTrue();
        }

        calibration.Rows.Should().Be(101);
        calibration.AmplitudeFor().Should().BeApproximately(0.03 * 4, 0.01);
        calibration.AmplitudeFor(0.5).Should().BeApproximately(2, 0.1);
    }

    [Fact]
    public void The_share_at_risk_counts_rows_within_two_amplitudes()
    {
        BakingCalibration calibration = new();
        calibration.Add([0, 1, 3]);
        calibration.Add([5, 1, 3]);
        calibration.Add([0, 0.5f, 0.25f]);
        calibration.Add([-7, -7, 1]);

        calibration.ShareAtRisk(0.1).Should().Be(0);
        calibration.ShareAtRisk(0.125).Should().Be(0.25);
        calibration.ShareAtRisk(1).Should().Be(0.75);
        calibration.ShareAtRisk(4).Should().Be(1);
    }

    [Fact]
    public void Masks_do_not_count()
    {
        BakingCalibration plain = new();
        BakingCalibration masked = new();
        plain.Add([1, 2, 3, 5]);
        masked.Add([1, float.MinValue, 2, 3, -1e9f, 5]);

        masked.AmplitudeFor(1).Should().BeApproximately(plain.AmplitudeFor(1), 1e-6);
        masked.ShareAtRisk(0.9).Should().Be(0);
    }

    [Fact]
    public void Rows_that_say_nothing_are_skipped_and_without_rows_there_is_no_amplitude()
    {
        BakingCalibration calibration = new();
        calibration.Add([1, 1]).Should().BeFalse();
        calibration.Add([1, float.NaN, 3]).Should().BeFalse();
        calibration.Add([float.NegativeInfinity, 1, 3]).Should().BeFalse();
        calibration.Add([float.PositiveInfinity, 1, 3]).Should().BeFalse();

        calibration.SkippedRows.Should().Be(4);
        FluentActions.Invoking(() => calibration.AmplitudeFor()).Should().Throw<InvalidOperationException>().WithMessage("*4 were skipped*");
        FluentActions.Invoking(() => calibration.ShareAtRisk(1)).Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void Wrong_calls_are_refused()
    {
        BakingCalibration calibration = new();
        calibration.Add([1, 2]);

        FluentActions.Invoking(() => calibration.Add([1])).Should().Throw<ArgumentException>();
        foreach (double wrong in new[] { 0, -1, 1.1, double.NaN })
        {
            FluentActions.Invoking(() => calibration.AmplitudeFor(wrong)).Should().Throw<ArgumentOutOfRangeException>();
        }

        foreach (double wrong in new[] { 0, -1, double.NaN, double.PositiveInfinity })
        {
            FluentActions.Invoking(() => calibration.ShareAtRisk(wrong)).Should().Throw<ArgumentOutOfRangeException>();
        }
    }
}
