using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests;

public sealed class InputBoundSessionTests
{
    private static readonly float[] Permitted = [1, 2, 3, 4];

    [Fact]
    public async Task Runs_the_input_that_the_permission_is_for()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();

        using InferenceOutputs outputs = await fixture.Model.InferAsync(Inputs(Permitted), Issue(fixture, Inputs(Permitted)));

        outputs[0].GetSpan<float>().ToArray().Should().Equal(3, 5, 7, 9);
    }

    [Theory]
    [InlineData(new float[] { 1, 2, 3, 5 }, 1)]
    [InlineData(new float[] { 1, 2, 3, 4, 1, 2, 3, 4 }, 2)]
    public async Task Refuses_any_other_input_before_the_model_runs(float[] other, int rows)
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        await using OmlSession session = await fixture.Model.AuthorizeAsync(Issue(fixture, Inputs(Permitted)));

        Func<Task> infer = async () => await session.InferAsync(Inputs(other, rows));

        PermissionDeniedException error = (await infer.Should().ThrowAsync<PermissionDeniedException>()).Which;
        error.Reason.Should().Be(DenialReason.InputMismatch);
        error.Message.Should().Contain(InputDigest.Compute(Inputs(Permitted)).ToString());
        fixture.Backend.Runs.Should().Be(0);
        session.UnitsSpent.Should().Be(0);
    }

    [Fact]
    public async Task A_refused_input_leaves_the_permission_unused()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        byte[] permission = Issue(fixture, Inputs(Permitted));
        Func<Task> other = async () => await fixture.Model.InferAsync(Inputs([0, 0, 0, 0]), permission);
        await other.Should().ThrowAsync<PermissionDeniedException>();

        (await fixture.Model.InferAsync(Inputs(Permitted), permission)).Dispose();

        Func<Task> again = async () => await fixture.Model.InferAsync(Inputs(Permitted), permission);
        (await again.Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.Replayed);
    }

    [Fact]
    public async Task Allocates_nothing_of_its_own_to_compare_inputs()
    {
        InferenceInputs inputs = Inputs(Permitted);
        await SessionAllocations.ShouldBeNoneAsync(new PermittingVerifier { InputDigest = InputDigest.Compute(inputs) }, inputs);
    }

    private static InferenceInputs Inputs(float[] x, int rows = 1) => new InferenceInputs().Add("x", x, rows, 4);

    private static byte[] Issue(ModelFixture fixture, InferenceInputs inputs) => fixture.Issuer.Issue(new PermissionRequest
    {
        Licensee = "licensee",
        Model = fixture.Model.Id,
        Lifetime = TimeSpan.FromHours(1),
        Quota = 1,
        InputDigest = InputDigest.Compute(inputs),
    });
}
