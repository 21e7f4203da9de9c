using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests.Permissions;

/// <summary>Sources that do not answer.</summary>
public sealed partial class IssuerKeyRotationTests
{
    [Fact]
    public async Task A_source_that_hangs_holds_permissions_up_for_one_timeout_and_is_not_called_again_meanwhile()
    {
        CosePermissionVerifier verifier = Verifier();
        await ShouldBe(verifier, Issue(_old), DenialReason.None);
        TaskCompletionSource<IssuerKeySet> hung = new();
        TaskCompletionSource called = new(TaskCreationOptions.RunContinuationsAsynchronously);
        CancellationToken given = default;
        _source.Load = cancellation =>
        {
            given = cancellation;
            called.SetResult();
            return new(hung.Task);
        };
        _time.Advance(TrustedIssuerSource.DefaultRefreshInterval);

        Task<PermissionVerification> waiting = verifier.VerifyAsync(Issue(_old), Context).AsTask();
        Task<PermissionVerification> another = verifier.VerifyAsync(Issue(_old), Context).AsTask();
        await called.Task;
        waiting.IsCompleted.Should().BeFalse();
        another.IsCompleted.Should().BeFalse();
        await AdvanceUntil(waiting, TrustedIssuerSource.DefaultLoadTimeout);

        (await waiting).IsPermitted.Should().BeTrue();
        (await another).IsPermitted.Should().BeTrue();
        given.IsCancellationRequested.Should().BeTrue();
        _time.Advance(TrustedIssuerSource.DefaultRetryInterval);
        await ShouldBe(verifier, Issue(_old), DenialReason.None);
        _source.Loads.Should().Be(2, "the load that hangs has not ended");

        // What comes too late is not used: nobody knows how old it is.
        hung.SetResult(ScriptedKeySource.Set(_new));
        _source.Has(_old);
        _time.Advance(TrustedIssuerSource.DefaultRetryInterval);
        await ShouldBe(verifier, Issue(_old), DenialReason.None);
        _source.Loads.Should().Be(3);
    }

    [Fact]
    public async Task A_source_that_blocks_its_thread_holds_permissions_up_for_one_timeout_too()
    {
        CosePermissionVerifier verifier = Verifier();
        await ShouldBe(verifier, Issue(_old), DenialReason.None);
        using ManualResetEventSlim release = new();
        TaskCompletionSource called = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _source.Load = _ =>
        {
            called.SetResult();
            release.Wait(CancellationToken.None);
            throw new IOException("too late");
        };
        _time.Advance(TrustedIssuerSource.DefaultRefreshInterval);

        Task<PermissionVerification> waiting = verifier.VerifyAsync(Issue(_old), Context).AsTask();
        await called.Task;
        await AdvanceUntil(waiting, TrustedIssuerSource.DefaultLoadTimeout);

        (await waiting).IsPermitted.Should().BeTrue();
        release.Set();
    }

    [Fact]
    public async Task A_caller_who_waits_for_keys_can_be_cancelled_and_the_load_goes_on()
    {
        TaskCompletionSource<IssuerKeySet> slow = new();
        _source.Load = _ => new(slow.Task);
        CosePermissionVerifier verifier = Verifier();
        using CancellationTokenSource cancellation = new();

        Task<PermissionVerification> impatient = verifier.VerifyAsync(Issue(_old), Context, cancellation.Token).AsTask();
        Task<PermissionVerification> patient = verifier.VerifyAsync(Issue(_old), Context).AsTask();
        await cancellation.CancelAsync();

        await FluentActions.Awaiting(() => impatient).Should().ThrowAsync<OperationCanceledException>();
        slow.SetResult(ScriptedKeySource.Set(_old));
        (await patient).IsPermitted.Should().BeTrue();
        _source.Loads.Should().Be(1);
    }
}
