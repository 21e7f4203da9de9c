using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests;

/// <summary>(I1) when a store takes units back and its answer is lost.</summary>
public sealed class LostReturnTests : IDisposable
{
    private const int Quota = 7;

    private readonly PossessionKey _licensee = PossessionKey.Create(new TwoClocks());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _licensee.Dispose();

    [Fact]
    public async Task Units_whose_return_was_not_answered_are_not_used_here_while_others_have_them()
    {
        (ModelFixture fixture, UncertainLedger ledger) = await CreateAsync();
        await using ModelFixture disposed = fixture;
        byte[] permission = fixture.Issue(Quota, PermissionUse.Resumable, MeteringUnit.Row);
        await using OmlSession greedy = await fixture.Model.AuthorizeAsync(permission, Cancellation);
        await AskForTooManyAsync(greedy, ledger, losesFrom: 1);

        await using OmlSession other = await fixture.Model.AuthorizeAsync(permission, Cancellation);
        int delivered = await DrainAsync(other) + await DrainAsync(greedy);

        delivered.Should().Be(Quota);
        (greedy.UnitsSpent + other.UnitsSpent).Should().Be(Quota, "what is lost was not spent by an inference");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Neither_are_those_of_a_delegated_permission_whichever_level_did_not_answer(int losesFrom)
    {
        (ModelFixture fixture, UncertainLedger ledger) = await CreateAsync();
        await using ModelFixture disposed = fixture;
        byte[] root = IssueRoot(fixture);
        byte[] child = Delegate(fixture, root);
        await using OmlSession greedy = await PresentAsync(fixture, child);
        await AskForTooManyAsync(greedy, ledger, losesFrom);

        // One more delegation, for what the licensee has, and the same one again, for what the customer has.
        int delivered = await PresentAndDrainAsync(fixture, Delegate(fixture, root)) + await DrainAsync(greedy);

        delivered.Should().BeLessThanOrEqualTo(Quota);
    }

    [Fact]
    public async Task A_delegated_reservation_that_a_lost_answer_breaks_off_is_used_by_nobody_twice()
    {
        (ModelFixture fixture, UncertainLedger ledger) = await CreateAsync();
        await using ModelFixture disposed = fixture;
        byte[] root = IssueRoot(fixture);
        byte[] narrow = Delegate(fixture, root, quota: 2);
        await using OmlSession session = await PresentAsync(fixture, narrow);

        // The level above grants more than this one has, and is to take the rest back.
        await AskForTooManyAsync(session, ledger, losesFrom: 1);
        await using OmlSession another = await PresentAsync(fixture, Delegate(fixture, root));

        (await DrainAsync(another) + await DrainAsync(session)).Should().BeLessThanOrEqualTo(Quota);
    }

    private static async Task<(ModelFixture Fixture, UncertainLedger Ledger)> CreateAsync()
    {
        UncertainLedger? ledger = null;
        TwoClocks clocks = new();
        ModelFixture fixture = await ModelFixture.CreateAsync(builder => builder.UseTimeProvider(clocks).UseLedger(ledger = new UncertainLedger(clocks)));
        return (fixture, ledger!);
    }

    // Asks for more rows than there are: what is granted on the way is to be given back.
    private static async Task AskForTooManyAsync(OmlSession session, UncertainLedger ledger, int losesFrom)
    {
        ledger.LosesReturnsFrom = losesFrom;
        await FluentActions.Awaiting(() => session.InferAsync(ModelFixture.Inputs(rows: 10), Cancellation).AsTask()).Should().ThrowAsync<UsageLedgerException>();
        ledger.LosesReturnsFrom = 0;
    }

    private static async Task<int> DrainAsync(OmlSession session)
    {
        for (int delivered = 0; ; delivered++)
        {
            try
            {
                (await session.InferAsync(ModelFixture.Inputs(), Cancellation)).Dispose();
            }
            catch (PermissionDeniedException error) when (error.Reason == DenialReason.QuotaExhausted)
            {
                return delivered;
            }
        }
    }

    // Where nothing came back, the licensee has nothing left to pass on, and the permission is refused.
    private async Task<int> PresentAndDrainAsync(ModelFixture fixture, byte[] permission)
    {
        try
        {
            await using OmlSession session = await PresentAsync(fixture, permission);
            return await DrainAsync(session);
        }
        catch (PermissionDeniedException error) when (error.Reason == DenialReason.QuotaExhausted)
        {
            return 0;
        }
    }

    private async Task<OmlSession> PresentAsync(ModelFixture fixture, byte[] permission) =>
        await fixture.Model.AuthorizeAsync(permission, _licensee.Prove(permission, fixture.Model.CreateChallenge()), Cancellation);

    private byte[] IssueRoot(ModelFixture fixture) => fixture.Issuer.Issue(Request(fixture, Quota, TimeSpan.FromHours(1)));

    private byte[] Delegate(ModelFixture fixture, byte[] root, long quota = Quota) =>
        _licensee.Delegate(root, Request(fixture, quota, TimeSpan.FromMinutes(30)));

    private PermissionRequest Request(ModelFixture fixture, long quota, TimeSpan lifetime) => new()
    {
        Licensee = "licensee",
        Model = fixture.Model.Id,
        Lifetime = lifetime,
        Quota = quota,
        Unit = MeteringUnit.Row,
        Use = PermissionUse.Resumable,
        ConfirmationKey = _licensee.PublicKey,
    };
}
