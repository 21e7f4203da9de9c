using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests;

public sealed class OmlModelTests
{
    [Fact]
    public async Task Runs_under_a_permission()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        await using OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue(quota: 5));

        using InferenceOutputs outputs = await session.InferAsync(new InferenceInputs().Add("x", new float[] { 1, 2, 3, 4 }, 1, 4));

        outputs["y"].GetSpan<float>().ToArray().Should().Equal(3, 5, 7, 9);
        session.UnitsSpent.Should().Be(1);
        session.Permission.Licensee.Should().Be("licensee");
    }

    [Fact]
    public async Task Refuses_a_permission_for_another_model_without_running()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();

        await Refused(fixture, fixture.Issue(model: ModelId.Compute("another model"u8)), DenialReason.WrongModel);
    }

    [Fact]
    public async Task Refuses_an_expired_permission_without_running()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        byte[] permission = fixture.Issue(lifetime: TimeSpan.FromMinutes(5));
        fixture.Time.Advance(TimeSpan.FromMinutes(7));

        await Refused(fixture, permission, DenialReason.Expired);
    }

    [Fact]
    public async Task Refuses_a_permission_of_an_issuer_that_it_does_not_trust()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        using PermissionIssuer stranger = PermissionIssuer.Create(PermissionAlgorithm.ES256, timeProvider: fixture.Time);
        byte[] permission = stranger.Issue(new PermissionRequest
        {
            Licensee = "licensee",
            Model = fixture.Model.Id,
            Lifetime = TimeSpan.FromHours(1),
        });

        await Refused(fixture, permission, DenialReason.UnknownIssuer);
    }

    [Fact]
    public async Task Refuses_a_permission_that_was_changed()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        byte[] permission = fixture.Issue();
        permission[^1] ^= 1;

        await Refused(fixture, permission, DenialReason.BadSignature);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(1_000_000)]
    public async Task Refuses_bytes_that_are_no_permission(int length)
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();

        PermissionDeniedException error = await DeniedAsync(fixture, new byte[length]);

        error.Reason.Should().Be(length > 8192 ? DenialReason.TokenTooLarge : DenialReason.Malformed);
        fixture.Backend.Runs.Should().Be(0);
    }

    [Fact]
    public async Task Refuses_the_second_presentation_of_a_single_session_permission()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        byte[] permission = fixture.Issue(quota: 1);
        using (await fixture.Model.InferAsync(ModelFixture.Inputs(), permission))
        {
        }

        await Refused(fixture, permission, DenialReason.Replayed, runs: 1);
    }

    [Fact]
    public async Task Resumes_a_resumable_permission_until_its_quota_is_spent()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        byte[] permission = fixture.Issue(quota: 3, PermissionUse.Resumable);
        for (int i = 0; i < 3; i++)
        {
            using InferenceOutputs outputs = await fixture.Model.InferAsync(ModelFixture.Inputs(), permission);
        }

        await Refused(fixture, permission, DenialReason.QuotaExhausted, runs: 3);
    }

    [Fact]
    public async Task Refuses_a_scope_that_the_permission_lacks()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync(builder => builder.RequireScopes("infer"));

        await Refused(fixture, fixture.Issue(), DenialReason.MissingScope);
    }

    [Fact]
    public async Task Lets_one_of_64_callers_use_a_one_time_permission()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        byte[] permission = fixture.Issue(quota: 1);

        DenialReason[] results = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(async () =>
        {
            try
            {
                (await fixture.Model.InferAsync(ModelFixture.Inputs(), permission)).Dispose();
                return DenialReason.None;
            }
            catch (PermissionDeniedException error)
            {
                return error.Reason;
            }
        })));

        results.Count(reason => reason == DenialReason.None).Should().Be(1);
        results.Count(reason => reason == DenialReason.Replayed).Should().Be(63);
        fixture.Backend.Runs.Should().Be(1);
    }

    [Fact]
    public async Task Leaves_a_one_time_permission_unused_when_the_inference_fails()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        byte[] permission = fixture.Issue(quota: 1);
        fixture.Backend.During = _ => throw new InferenceException("the runtime failed");
        Func<Task> fail = async () => await fixture.Model.InferAsync(ModelFixture.Inputs(), permission);
        await fail.Should().ThrowAsync<InferenceException>();

        fixture.Backend.During = null;
        using InferenceOutputs outputs = await fixture.Model.InferAsync(ModelFixture.Inputs(), permission);

        outputs.Count.Should().Be(1);
        await Refused(fixture, permission, DenialReason.Replayed, runs: 2);
    }

    [Fact]
    public async Task Leaves_a_one_time_permission_unused_when_the_inputs_are_wrong_or_the_call_is_cancelled()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        byte[] permission = fixture.Issue(quota: 1);
        Func<Task> wrong = async () => await fixture.Model.InferAsync([], permission);
        Func<Task> cancelled = async () => await fixture.Model.InferAsync(ModelFixture.Inputs(), permission, new CancellationToken(true));

        (await wrong.Should().ThrowAsync<InvalidInputException>()).Which.InputName.Should().Be("x");
        await cancelled.Should().ThrowAsync<OperationCanceledException>();

        fixture.Backend.Runs.Should().Be(0);
        (await fixture.Model.InferAsync(ModelFixture.Inputs(), permission)).Dispose();
    }

    [Fact]
    public async Task Does_not_release_a_nonce_that_another_session_redeemed()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        byte[] permission = fixture.Issue(quota: 1);
        await using OmlSession holder = await fixture.Model.AuthorizeAsync(permission);

        await Refused(fixture, permission, DenialReason.Replayed);
        await Refused(fixture, permission, DenialReason.Replayed);
    }

    [Fact]
    public async Task Disposes_the_backend_after_the_calls_in_flight()
    {
        ModelFixture fixture = await ModelFixture.CreateAsync();
        OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue());
        TaskCompletionSource release = new();
        fixture.Backend.During = _ => release.Task;
        Task<InferenceOutputs> running = session.InferAsync(ModelFixture.Inputs()).AsTask();

        Task disposing = fixture.Model.DisposeAsync().AsTask();
        Func<Task> late = async () => await session.InferAsync(ModelFixture.Inputs());
        await late.Should().ThrowAsync<ObjectDisposedException>();
        disposing.IsCompleted.Should().BeFalse();
        release.SetResult();
        (await running).Dispose();
        await disposing;

        fixture.Backend.Disposed.Should().BeTrue();
        fixture.Backend.DisposedWhileRunning.Should().BeFalse();
    }

    [Fact]
    public async Task Can_be_disposed_while_many_callers_infer()
    {
        ModelFixture fixture = await ModelFixture.CreateAsync();
        OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue());
        fixture.Backend.During = token => Task.Delay(1, token);
        Task[] callers = [.. Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            try
            {
                while (true)
                {
                    (await session.InferAsync(ModelFixture.Inputs())).Dispose();
                }
            }
            catch (ObjectDisposedException)
            {
                // The end that the test wants.
            }
        }))];

        await Task.Delay(50);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => fixture.Model.DisposeAsync().AsTask()));
        await Task.WhenAll(callers);

        fixture.Backend.DisposedWhileRunning.Should().BeFalse();
    }

    [Fact]
    public async Task Refuses_to_authorize_once_disposed()
    {
        ModelFixture fixture = await ModelFixture.CreateAsync();
        byte[] permission = fixture.Issue();
        fixture.Model.Dispose();

        Func<Task> authorize = async () => await fixture.Model.AuthorizeAsync(permission);

        await authorize.Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public async Task Warms_up_without_a_permission()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();

        await fixture.Model.WarmUpAsync();

        fixture.Backend.Runs.Should().Be(1);
    }

    private static async Task<PermissionDeniedException> DeniedAsync(ModelFixture fixture, byte[] permission)
    {
        Func<Task> infer = async () => await fixture.Model.InferAsync(ModelFixture.Inputs(), permission);
        return (await infer.Should().ThrowAsync<PermissionDeniedException>()).Which;
    }

    private static async Task Refused(ModelFixture fixture, byte[] permission, DenialReason reason, int runs = 0)
    {
        PermissionDeniedException error = await DeniedAsync(fixture, permission);

        error.Reason.Should().Be(reason);
        error.Message.Should().NotBeEmpty();
        fixture.Backend.Runs.Should().Be(runs, "a refused call never runs the model");
    }
}
