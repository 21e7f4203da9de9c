using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Support;

/// <summary>What a model holds over a ledger that is kept, when the clock of its machine is set wrong and right again.</summary>
public abstract class LedgerClockContract : IDisposable
{
    private const int Quota = 10;

    private static readonly TimeSpan DayBack = TimeSpan.FromDays(-1);
    private static readonly TimeSpan TenYears = TimeSpan.FromDays(3_653);

    private readonly WrongClock _clock = new();

    // What it issues was issued long ago: what was issued a moment ago is not valid yet when the clock is set back.
    private readonly PermissionIssuer _issuer = PermissionIssuer.Create(timeProvider: new WrongClock { Ahead = TimeSpan.FromDays(-3) });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public virtual void Dispose()
    {
        _issuer.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_day_back_is_refused_with_its_reason_also_after_a_restart_and_the_right_time_works_again()
    {
        byte[] used = Issue(PermissionUse.SingleSession), unused = Issue(PermissionUse.SingleSession), half = Issue(PermissionUse.Resumable);
        await using (OmlModel model = await BuildAsync())
        {
            (await UseAsync(model, used, 1)).Should().Be((1, null));
            (await UseAsync(model, half, 4)).Should().Be((4, null));
            _clock.Ahead = DayBack;
            await RefusesAllAsync(model, DenialReason.ClockSetBack);
        }

        await using OmlModel restarted = await BuildAsync();
        await RefusesAllAsync(restarted, DenialReason.ClockSetBack);
        _clock.Ahead = TimeSpan.Zero;
        await GoesOnAsync(restarted);

        async Task RefusesAllAsync(OmlModel model, DenialReason reason)
        {
            foreach (byte[] permission in (byte[][])[used, unused, half])
            {
                (await UseAsync(model, permission, 1)).Should().Be((0, reason));
            }
        }

        // What was used is used, what was not is not, and of what was begun the rest is left.
        async Task GoesOnAsync(OmlModel model)
        {
            (await UseAsync(model, used, 1)).Should().Be((0, DenialReason.Replayed));
            (await UseAsync(model, half, Quota)).Should().Be((Quota - 4, DenialReason.QuotaExhausted));
            (await UseAsync(model, unused, Quota)).Should().Be((Quota, null));
            (await UseAsync(model, unused, 1)).Should().Be((0, DenialReason.Replayed));
        }
    }

    [Fact]
    public async Task Ten_years_ahead_are_refused_as_expired_and_not_remembered()
    {
        byte[] used = Issue(PermissionUse.SingleSession), half = Issue(PermissionUse.Resumable);
        await using OmlModel model = await BuildAsync();
        (await UseAsync(model, used, 1)).Should().Be((1, null));
        OmlSession open = await model.AuthorizeAsync(half, Cancellation);
        (await open.InferAsync(EchoBackend.Inputs(), Cancellation)).Dispose();

        _clock.Ahead = TenYears;
        (await UseAsync(model, used, 1)).Should().Be((0, DenialReason.Expired));
        (await UseAsync(model, Issue(PermissionUse.SingleSession), 1)).Should().Be((0, DenialReason.Expired));
        (await FluentActions.Awaiting(() => open.InferAsync(EchoBackend.Inputs(), Cancellation).AsTask()).Should().ThrowAsync<PermissionDeniedException>())
            .Which.Reason.Should().Be(DenialReason.Expired);
        await open.DisposeAsync();
        await using (OmlModel restarted = await BuildAsync())
        {
            (await UseAsync(restarted, half, 1)).Should().Be((0, DenialReason.Expired));
        }

        _clock.Ahead = TimeSpan.Zero;
        (await UseAsync(model, used, 1)).Should().Be((0, DenialReason.Replayed));
        (await UseAsync(model, half, Quota)).Should().Be((Quota - 1, DenialReason.QuotaExhausted));
        (await UseAsync(model, Issue(PermissionUse.SingleSession), 1)).Should().Be((1, null));
    }

    [Fact]
    public async Task Jumps_to_and_fro_grant_no_unit_and_no_nonce_twice()
    {
        byte[] once = Issue(PermissionUse.SingleSession), many = Issue(PermissionUse.Resumable);
        int sessions = 0, units = 0;
        for (int round = 0; round < 4; round++)
        {
            foreach (TimeSpan ahead in (TimeSpan[])[TenYears, TimeSpan.Zero, DayBack, TimeSpan.FromMinutes(-2), TimeSpan.FromMinutes(4), TenYears, DayBack])
            {
                _clock.Ahead = ahead;
                await using OmlModel model = await BuildAsync();
                sessions += (await UseAsync(model, once, 1)).Uses;
                units += (await UseAsync(model, many, 2)).Uses;
            }
        }

        sessions.Should().Be(1);
        units.Should().Be(Quota);
    }

    /// <summary>Gives a model the ledger of this test, the same each time.</summary>
    protected abstract Task UseLedgerAsync(OmlModelBuilder builder);

    private byte[] Issue(PermissionUse use) => _issuer.Issue(new PermissionRequest
    {
        Licensee = "licensee",
        Model = ModelId.Compute("a model"u8),
        Lifetime = TimeSpan.FromDays(30),
        Quota = Quota,
        Use = use,
    });

    private async Task<OmlModel> BuildAsync()
    {
        OmlModelBuilder builder = OmlModel.CreateBuilder()
            .UseOnnx("a model"u8.ToArray())
            .UseBackend((_, _, _) => new(new EchoBackend()))
            .TrustIssuer(_issuer.PublicKey)
            .UseTimeProvider(_clock);
        await UseLedgerAsync(builder);
        return await builder.BuildAsync(Cancellation);
    }

    private static async Task<(int Uses, DenialReason? Refused)> UseAsync(OmlModel model, byte[] permission, int most)
    {
        int uses = 0;
        try
        {
            await using OmlSession session = await model.AuthorizeAsync(permission, Cancellation);
            for (; uses < most; uses++)
            {
                (await session.InferAsync(EchoBackend.Inputs(), Cancellation)).Dispose();
            }

            return (uses, null);
        }
        catch (PermissionDeniedException denied)
        {
            return (uses, denied.Reason);
        }
    }
}
