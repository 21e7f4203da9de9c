using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests;

public sealed class OutputPolicySessionTests
{
    private static readonly InferenceInputs Inputs = new InferenceInputs().Add("x", new float[] { 1, 4, 3, 2, 4, 3, 2, 1 }, 2, 4);

    [Fact]
    public async Task Lets_through_what_the_permission_says()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync(function: x => x + 0.26f);

        using InferenceOutputs label = await fixture.Model.InferAsync(Inputs, Issue(fixture, OutputPolicy.LabelOnly()));
        using InferenceOutputs top = await fixture.Model.InferAsync(Inputs, Issue(fixture, OutputPolicy.KeepTop(2, 1)));
        using InferenceOutputs all = await fixture.Model.InferAsync(Inputs, Issue(fixture, null));

        label[0].GetSpan<float>().ToArray().Should().Equal(0, 1, 0, 0, 1, 0, 0, 0);
        top[0].GetSpan<float>().ToArray().Should().Equal(
            float.NegativeInfinity, 4.3f, 3.3f, float.NegativeInfinity, 4.3f, 3.3f, float.NegativeInfinity, float.NegativeInfinity);
        all[0].GetSpan<float>()[0].Should().Be(1.26f);
    }

    [Fact]
    public async Task Lets_nothing_more_through_when_the_backend_completes_later()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        fixture.Backend.During = token => Task.Delay(1, token);

        using InferenceOutputs outputs = await fixture.Model.InferAsync(Inputs, Issue(fixture, OutputPolicy.LabelOnly()));

        outputs[0].GetSpan<float>().ToArray().Should().Equal(0, 1, 0, 0, 1, 0, 0, 0);
    }

    [Fact]
    public async Task Refuses_a_model_whose_outputs_it_cannot_restrict_and_spends_nothing()
    {
        ModelSignature signature = new(
            [new TensorInfo("x", TensorElementType.Float32, [-1, 4])],
            [new TensorInfo("y", TensorElementType.Float32, [-1, 4]), new TensorInfo("label", TensorElementType.Int64, [-1])]);
        await using ModelFixture fixture = await ModelFixture.CreateAsync(builder => builder.UseBackend((_, _, _) => new(new ManagedBackend { Signature = signature })));
        byte[] permission = Issue(fixture, OutputPolicy.Round(3));
        for (int i = 0; i < 2; i++)
        {
            Func<Task> authorize = async () => await fixture.Model.AuthorizeAsync(permission);

            PermissionDeniedException error = (await authorize.Should().ThrowAsync<PermissionDeniedException>()).Which;
            error.Reason.Should().Be(DenialReason.UnrestrictableOutput);
            error.Message.Should().Contain("'label'").And.Contain("Int64");
        }
    }

    [Fact]
    public async Task Delivers_nothing_when_a_backend_returns_another_type_than_it_declares()
    {
        InferenceOutputs outputs = new([OutputTensor.Create("y", new long[4], 1, 4)]);
        await using ModelFixture fixture = await ModelFixture.CreateAsync(builder => builder.UseBackend((_, _, _) => new(new FixedBackend(outputs))));
        await using OmlSession session = await fixture.Model.AuthorizeAsync(Issue(fixture, OutputPolicy.KeepTop(1)));

        Func<Task> infer = async () => await session.InferAsync(Inputs);
        Action read = () => outputs[0].GetSpan<long>();

        (await infer.Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.UnrestrictableOutput);
        read.Should().Throw<ObjectDisposedException>();
        session.UnitsSpent.Should().Be(0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Allocates_nothing_of_its_own_to_restrict_outputs(int form)
    {
        OutputPolicy policy = form switch { 0 => OutputPolicy.KeepTop(2, 3), 1 => OutputPolicy.LabelOnly(), _ => OutputPolicy.Round(0) };

        await SessionAllocations.ShouldBeNoneAsync(new PermittingVerifier { OutputPolicy = policy }, ModelFixture.Inputs());
    }

    [Fact]
    public void A_policy_has_at_least_one_value_and_at_most_7_decimals()
    {
        foreach (Func<OutputPolicy> wrong in (Func<OutputPolicy>[])[
            () => OutputPolicy.KeepTop(0), () => OutputPolicy.KeepTop(1, 8), () => OutputPolicy.KeepTop(1, -1), () => OutputPolicy.Round(-1), () => OutputPolicy.Round(8)])
        {
            wrong.Should().Throw<ArgumentOutOfRangeException>();
        }

        OutputPolicy.KeepTop(5, 2).ToString().Should().Be("the largest 5, 2 decimals");
    }

    private static byte[] Issue(ModelFixture fixture, OutputPolicy? policy) => fixture.Issuer.Issue(new PermissionRequest
    {
        Licensee = "licensee",
        Model = fixture.Model.Id,
        Lifetime = TimeSpan.FromHours(1),
        OutputPolicy = policy,
    });
}
