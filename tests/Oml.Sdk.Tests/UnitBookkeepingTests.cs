using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests;

/// <summary>Units and nonces when ledgers are slow, callers give up, and clocks are wrong.</summary>
public sealed class UnitBookkeepingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_refused_request_leaves_the_units_that_it_was_granted_to_others()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        byte[] permission = fixture.Issue(1_000, PermissionUse.Resumable, MeteringUnit.Row);
        await using OmlSession greedy = await fixture.Model.AuthorizeAsync(permission, Cancellation);
        await using OmlSession modest = await fixture.Model.AuthorizeAsync(permission, Cancellation);

        await FluentActions.Awaiting(() => greedy.InferAsync(ModelFixture.Inputs(rows: 1_001), Cancellation).AsTask())
            .Should().ThrowAsync<PermissionDeniedException>();

        for (int i = 0; i < 900; i++)
        {
            (await modest.InferAsync(ModelFixture.Inputs(), Cancellation)).Dispose();
        }
    }

    [Fact]
    public async Task Disposing_a_model_waits_for_a_session_that_is_still_giving_units_back()
    {
        ModelFixture fixture = await ModelFixture.CreateAsync();
        AwkwardLedger ledger = new(fixture.Time);
        OmlModel model = await BuildAsync(fixture, ledger);
        OmlSession session = await model.AuthorizeAsync(fixture.Issue(quota: 10, PermissionUse.Resumable), Cancellation);
        (await session.InferAsync(ModelFixture.Inputs(), Cancellation)).Dispose();
        (await session.InferAsync(ModelFixture.Inputs(), Cancellation)).Dispose();

        Task closingSession = session.DisposeAsync().AsTask();
        Task closingModel = model.DisposeAsync().AsTask();
        await Task.Delay(50, Cancellation);
        closingModel.IsCompleted.Should().BeFalse("its owner would dispose the ledger next");

        ledger.MayReturn.SetResult();
        await Task.WhenAll(closingSession, closingModel);
        await fixture.DisposeAsync();
    }

    [Fact]
    public async Task Cancelling_a_call_whose_units_were_granted_already_loses_none()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        AwkwardLedger ledger = new(fixture.Time);
        ledger.MayReturn.SetResult();
        await using OmlModel model = await BuildAsync(fixture, ledger);
        byte[] permission = fixture.Issue(quota: 8, PermissionUse.Resumable);
        int delivered = 0;
        ledger.CancelsAfterCommit = true;
        await using (OmlSession session = await model.AuthorizeAsync(permission, Cancellation))
        {
            for (int i = 0; i < 4; i++)
            {
                using CancellationTokenSource impatient = new(TimeSpan.FromMilliseconds(10));
                try
                {
                    (await session.InferAsync(ModelFixture.Inputs(), impatient.Token)).Dispose();
                    delivered++;
                }
                catch (OperationCanceledException)
                {
                }
            }
        }

        await using OmlSession rest = await model.AuthorizeAsync(permission, Cancellation);
        for (; delivered < 8; delivered++)
        {
            (await rest.InferAsync(ModelFixture.Inputs(), Cancellation)).Dispose();
        }

        await FluentActions.Awaiting(() => rest.InferAsync(ModelFixture.Inputs(), Cancellation).AsTask())
            .Should().ThrowAsync<PermissionDeniedException>();
    }

    [Fact]
    public async Task A_wall_clock_that_is_set_forward_and_back_does_not_make_the_ledger_forget_a_nonce()
    {
        TwoClocks clocks = new();
        InMemoryUsageLedger ledger = new(clocks);
        PermissionKey key = new("issuer", PermissionNonce.CreateRandom());
        DateTimeOffset until = clocks.Wall.AddHours(1);
        (await ledger.RedeemAsync(key, until, Cancellation)).Should().BeTrue();

        clocks.Wall = clocks.Wall.AddHours(2);
        for (int i = 0; i < 3_000; i++)
        {
            await ledger.RedeemAsync(new PermissionKey("other", PermissionNonce.CreateRandom()), clocks.Wall.AddHours(1), Cancellation);
        }

        clocks.Wall = clocks.Wall.AddHours(-2);
        (await ledger.RedeemAsync(key, until, Cancellation)).Should().BeFalse();
    }

    [Fact]
    public async Task With_a_verifier_of_its_own_a_session_ends_when_the_permission_does()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync(builder => builder
            .ConfigureVerification(options => options.ClockSkew = TimeSpan.FromMinutes(10))
            .UsePermissionVerifier(new UntilOne()));
        await using OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue(), Cancellation);

        fixture.Time.Advance(TimeSpan.FromMinutes(61));

        (await FluentActions.Awaiting(() => session.InferAsync(ModelFixture.Inputs(), Cancellation).AsTask())
            .Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.Expired);
    }

    [Fact]
    public async Task The_units_that_were_spent_are_never_negative_while_others_look()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        await using OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue(quota: 1_000_000), Cancellation);
        using CancellationTokenSource done = new();
        Task<long> least = Task.Run(() =>
        {
            long least = 0;
            while (!done.IsCancellationRequested)
            {
                least = Math.Min(least, session.UnitsSpent);
            }

            return least;
        });

        for (int i = 0; i < 50_000; i++)
        {
            (await session.InferAsync(ModelFixture.Inputs(), Cancellation)).Dispose();
        }

        await done.CancelAsync();
        (await least).Should().Be(0);
    }

    private static ValueTask<OmlModel> BuildAsync(ModelFixture fixture, IUsageLedger ledger) => OmlModel.CreateBuilder()
        .UseOnnx(ModelFixture.ModelBytes)
        .UseBackend((_, _, _) => new(new ManagedBackend()))
        .TrustIssuer(fixture.Issuer.PublicKey)
        .UseLedger(ledger)
        .UseTimeProvider(fixture.Time)
        .BuildAsync(Cancellation);

    /// <summary>Permits everything until one hour after the fixture's noon.</summary>
    private sealed class UntilOne : IPermissionVerifier
    {
        public ValueTask<PermissionVerification> VerifyAsync(
            ReadOnlyMemory<byte> token, PermissionContext context, CancellationToken cancellationToken = default) =>
            new(PermissionVerification.Permitted(new Permission
            {
                Issuer = "issuer",
                Licensee = "licensee",
                Model = context.Model,
                IssuedAt = DateTimeOffset.UnixEpoch,
                ExpiresAt = new DateTimeOffset(2026, 6, 1, 13, 0, 0, TimeSpan.Zero),
                Nonce = PermissionNonce.CreateRandom(),
                FingerprintId = 1,
            }));
    }
}
