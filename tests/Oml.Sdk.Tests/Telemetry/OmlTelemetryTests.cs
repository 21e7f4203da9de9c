using System.Diagnostics;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;
using Oml.Sdk.Telemetry;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests.Telemetry;

/// <summary>Not in parallel with other tests: sources and meters are shared by the process.</summary>
[Collection(nameof(OmlTelemetryTests))]
[CollectionDefinition(nameof(OmlTelemetryTests), DisableParallelization = true)]
public sealed class OmlTelemetryTests
{
    [Fact]
    public async Task Measures_verification_inference_and_units()
    {
        using MetricCollector<double> verification = new(null, OmlTelemetry.Name, OmlTelemetry.VerificationDuration);
        using MetricCollector<double> inference = new(null, OmlTelemetry.Name, OmlTelemetry.InferenceDuration);
        using MetricCollector<long> units = new(null, OmlTelemetry.Name, OmlTelemetry.UnitsSpent);
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        fixture.Backend.During = _ =>
        {
            fixture.Time.Advance(TimeSpan.FromMilliseconds(250));
            return Task.CompletedTask;
        };
        await using OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue(quota: 5, unit: MeteringUnit.Row));

        (await session.InferAsync(ModelFixture.Inputs(rows: 3))).Dispose();

        verification.GetMeasurementSnapshot().Should().ContainSingle();
        inference.GetMeasurementSnapshot().Should().ContainSingle().Which.Value.Should().BeApproximately(0.25, 1e-9);
        units.GetMeasurementSnapshot().Should().ContainSingle().Which.Value.Should().Be(3);
        inference.LastMeasurement!.Tags[OmlTelemetry.ModelTag].Should().Be(fixture.Model.Id.ToString());
    }

    [Fact]
    public async Task Counts_outcomes_by_reason()
    {
        using MetricCollector<long> outcomes = new(null, OmlTelemetry.Name, OmlTelemetry.PermissionOutcomes);
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        (await fixture.Model.InferAsync(ModelFixture.Inputs(), fixture.Issue(quota: 1))).Dispose();
        Func<Task> refused = async () => await fixture.Model.InferAsync(ModelFixture.Inputs(), new byte[3]);
        await refused.Should().ThrowAsync<PermissionDeniedException>();

        outcomes.GetMeasurementSnapshot().Select(measurement => measurement.Tags[OmlTelemetry.OutcomeTag])
            .Should().Equal("permitted", "Malformed");
    }

    [Fact]
    public async Task Traces_an_inference_and_its_failure()
    {
        List<Activity> activities = [];
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name == OmlTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activities.Add,
        };
        ActivitySource.AddActivityListener(listener);
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        await using OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue());
        (await session.InferAsync(ModelFixture.Inputs())).Dispose();
        Func<Task> fail = async () => await session.InferAsync([]);
        await fail.Should().ThrowAsync<InvalidInputException>();

        activities.Select(activity => activity.OperationName).Should().Equal(
            OmlTelemetry.AuthorizationActivity, OmlTelemetry.InferenceActivity, OmlTelemetry.InferenceActivity);
        activities[2].Status.Should().Be(ActivityStatusCode.Error);
        activities[2].GetTagItem(OmlTelemetry.ErrorTag).Should().Be(typeof(InvalidInputException).FullName);
        activities[1].GetTagItem(OmlTelemetry.ModelTag).Should().Be(fixture.Model.Id.ToString());
    }

    [Fact]
    public async Task Shows_no_token_and_no_licensee()
    {
        List<string> seen = [];
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name == OmlTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => seen.AddRange(activity.TagObjects.Select(tag => tag.Value?.ToString() ?? "")),
        };
        ActivitySource.AddActivityListener(listener);
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        await using (OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue()))
        {
            (await session.InferAsync(ModelFixture.Inputs())).Dispose();
        }

        seen.Should().NotBeEmpty().And.OnlyContain(value => value == fixture.Model.Id.ToString());
    }
}
