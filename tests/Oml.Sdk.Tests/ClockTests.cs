using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests;

/// <summary>A wall clock that is set back, forward, and back again.</summary>
public sealed class ClockTests : IDisposable
{
    private readonly TwoClocks _clocks = new();
    private readonly PermissionIssuer _issuer = PermissionIssuer.Create(timeProvider: new TwoClocks { Wall = new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero) });
    private readonly InMemoryUsageLedger _ledger;

    public ClockTests() => _ledger = new InMemoryUsageLedger(_clocks);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _issuer.Dispose();

    [Fact]
    public async Task A_clock_that_was_set_back_a_day_is_refused_until_it_is_right_again()
    {
        await using OmlModel model = await BuildAsync();
        await AuthorizeAsync(model);

        _clocks.Wall = _clocks.Wall.AddDays(-1);
        (await RefusedAsync(model)).Should().Be(DenialReason.ClockSetBack);

        // Another process, with the same ledger.
        await using OmlModel restarted = await BuildAsync();
        (await RefusedAsync(restarted)).Should().Be(DenialReason.ClockSetBack);

        _clocks.Wall = _clocks.Wall.AddDays(1);
        await AuthorizeAsync(restarted);
    }

    [Fact]
    public async Task A_clock_that_is_corrected_by_minutes_is_accepted()
    {
        await using OmlModel model = await BuildAsync();
        await AuthorizeAsync(model);

        _clocks.Wall = _clocks.Wall.AddMinutes(-4);

        await AuthorizeAsync(model);
    }

    [Fact]
    public async Task A_clock_that_was_ten_years_ahead_is_not_remembered()
    {
        await using OmlModel model = await BuildAsync();
        await AuthorizeAsync(model);

        _clocks.Wall = _clocks.Wall.AddYears(10);
        (await RefusedAsync(model)).Should().Be(DenialReason.Expired);

        _clocks.Wall = _clocks.Wall.AddYears(-10);
        await AuthorizeAsync(model);
    }

    [Fact]
    public async Task A_refusal_for_the_clock_leaves_the_permission_unused()
    {
        await using OmlModel model = await BuildAsync();
        await AuthorizeAsync(model);
        byte[] permission = Issue();
        _clocks.Wall = _clocks.Wall.AddDays(-1);
        await FluentActions.Awaiting(() => model.AuthorizeAsync(permission, Cancellation).AsTask()).Should().ThrowAsync<PermissionDeniedException>();

        _clocks.Wall = _clocks.Wall.AddDays(1);

        await using OmlSession session = await model.AuthorizeAsync(permission, Cancellation);
    }

    private ValueTask<OmlModel> BuildAsync() => OmlModel.CreateBuilder()
        .UseOnnx(ModelFixture.ModelBytes)
        .UseBackend((_, _, _) => new(new ManagedBackend()))
        .TrustIssuer(_issuer.PublicKey)
        .UseLedger(_ledger)
        .UseTimeProvider(_clocks)
        .BuildAsync(Cancellation);

    private byte[] Issue() => _issuer.Issue(new PermissionRequest
    {
        Licensee = "licensee",
        Model = ModelId.Compute(ModelFixture.ModelBytes),
        Lifetime = TimeSpan.FromDays(300),
        Quota = 5,
    });

    private async Task AuthorizeAsync(OmlModel model)
    {
        await using OmlSession session = await model.AuthorizeAsync(Issue(), Cancellation);
        (await session.InferAsync(ModelFixture.Inputs(), Cancellation)).Dispose();
    }

    private async Task<DenialReason> RefusedAsync(OmlModel model) =>
        (await FluentActions.Awaiting(() => model.AuthorizeAsync(Issue(), Cancellation).AsTask()).Should().ThrowAsync<PermissionDeniedException>())
        .Which.Reason;
}
