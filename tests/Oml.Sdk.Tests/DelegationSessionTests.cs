using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests;

public sealed class DelegationSessionTests : IDisposable
{
    private readonly Microsoft.Extensions.Time.Testing.FakeTimeProvider _time = new(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly PossessionKey _licensee;
    private readonly PossessionKey _customer;

    public DelegationSessionTests()
    {
        _licensee = PossessionKey.Create(_time);
        _customer = PossessionKey.Create(_time);
    }

    public void Dispose()
    {
        _licensee.Dispose();
        _customer.Dispose();
    }

    [Fact]
    public async Task A_customer_of_the_licensee_runs_the_model_and_leads_back_to_the_licensee()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        byte[] root = Issue(fixture, quota: 100);
        byte[] child = _licensee.Delegate(root, Request(fixture, _customer, quota: 10));

        await using OmlSession session = await fixture.Model.AuthorizeAsync(child, _customer.Prove(child, fixture.Model.CreateChallenge()));
        await InferAsync(session, 10);
        Func<Task> eleventh = () => InferAsync(session, 1);

        (await eleventh.Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.QuotaExhausted);
        session.Permission.Licensee.Should().Be("customer");
        session.Permission.Issuer.Should().Be(_licensee.PublicKey.DefaultIssuerName);
        session.Permission.Parent!.Licensee.Should().Be("licensee");
        session.Permission.FingerprintId.Should().Be(session.Permission.Parent.FingerprintId);
    }

    [Fact]
    public async Task The_key_of_the_licensee_does_not_open_what_was_delegated()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        byte[] child = _licensee.Delegate(Issue(fixture), Request(fixture, _customer));
        Func<Task> bare = async () => await fixture.Model.AuthorizeAsync(child);
        Func<Task> wrong = async () => await fixture.Model.AuthorizeAsync(child, _licensee.Prove(child, fixture.Model.CreateChallenge()));

        (await bare.Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.ProofMissing);
        (await wrong.Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.BadProof);
    }

    [Fact]
    public async Task Any_number_of_delegations_get_no_more_than_the_quota_that_they_come_from()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        byte[] root = Issue(fixture, quota: 25);
        int delivered = 0;
        for (int i = 0; i < 5; i++)
        {
            byte[] child = _licensee.Delegate(root, Request(fixture, _customer, quota: 10));
            try
            {
                await using OmlSession session = await fixture.Model.AuthorizeAsync(child, _customer.Prove(child, fixture.Model.CreateChallenge()));
                while (true)
                {
                    await InferAsync(session, 1);
                    delivered++;
                }
            }
            catch (PermissionDeniedException error) when (error.Reason == DenialReason.QuotaExhausted)
            {
                // Its own quota, or what is left of the one above.
            }
        }

        delivered.Should().Be(25);
        Func<Task> licensee = async () => await fixture.Model.AuthorizeAsync(root, _licensee.Prove(root, fixture.Model.CreateChallenge()));
        (await licensee.Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.QuotaExhausted);
    }

    [Fact]
    public async Task What_a_session_leaves_comes_back_to_every_level()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        byte[] root = Issue(fixture, quota: 40);
        byte[] child = _licensee.Delegate(root, Request(fixture, _customer, quota: 40, use: PermissionUse.Resumable));
        for (int round = 0; round < 20; round++)
        {
            await using OmlSession session = await fixture.Model.AuthorizeAsync(child, _customer.Prove(child, fixture.Model.CreateChallenge()));
            await InferAsync(session, 1);
        }

        await using OmlSession licensee = await fixture.Model.AuthorizeAsync(root, _licensee.Prove(root, fixture.Model.CreateChallenge()));
        await InferAsync(licensee, 20);
    }

    [Fact]
    public async Task Four_delegations_are_allowed_and_five_are_not()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        byte[] token = Issue(fixture, quota: 10);
        for (int depth = 1; depth <= 4; depth++)
        {
            token = _licensee.Delegate(token, Request(fixture, _licensee, quota: 10, use: PermissionUse.Resumable));
        }

        await using (OmlSession session = await fixture.Model.AuthorizeAsync(token, _licensee.Prove(token, fixture.Model.CreateChallenge())))
        {
            await InferAsync(session, 10);
        }

        byte[] tooDeep = _licensee.Delegate(token, Request(fixture, _licensee, quota: 10));
        Func<Task> authorize = async () => await fixture.Model.AuthorizeAsync(tooDeep, _licensee.Prove(tooDeep, fixture.Model.CreateChallenge()));
        (await authorize.Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.DelegationTooDeep);
    }

    [Fact]
    public async Task Only_the_key_that_a_permission_names_delegates_it_and_only_less()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        byte[] root = Issue(fixture, quota: 10);
        Action other = () => _customer.Delegate(root, Request(fixture, _customer, quota: 10));
        Action more = () => _licensee.Delegate(root, Request(fixture, _customer, quota: 11));
        Action bearer = () => _licensee.Delegate(root, new PermissionRequest { Licensee = "c", Model = fixture.Model.Id, Lifetime = TimeSpan.FromMinutes(1), Quota = 1 });
        Action nothing = () => _licensee.Delegate(new byte[10], Request(fixture, _customer));

        other.Should().Throw<ArgumentException>().WithParameterName("permission");
        more.Should().Throw<ArgumentException>().WithParameterName("request").WithMessage("*larger quota*");
        bearer.Should().Throw<ArgumentException>().WithMessage("*names no key*");
        nothing.Should().Throw<ArgumentException>().WithParameterName("permission");
    }

    [Fact]
    public async Task A_ledger_that_fails_between_the_levels_grants_nothing()
    {
        FailingLedger ledger = new() { FailsAt = 2 };
        Permission parent = Permission("parent", 100, null);
        Permission child = Permission("child", 50, parent);
        DelegationLedger delegation = new(ledger, child, _ => DateTimeOffset.MaxValue);
        Func<Task> reserve = async () => await delegation.ReserveAsync(child.Key, 10, 50, DateTimeOffset.MaxValue);
        await reserve.Should().ThrowAsync<IOException>();

        ledger.FailsAt = 0;
        (await ledger.ReserveAsync(parent.Key, 1000, 100, DateTimeOffset.MaxValue)).Granted.Should().Be(100, "the level above got its units back");
    }

    [Fact]
    public async Task Grants_what_the_scarcest_level_has_and_takes_no_more_from_the_others()
    {
        InMemoryUsageLedger ledger = new();
        Permission top = Permission("top", 100, null);
        Permission middle = Permission("middle", 7, top);
        Permission child = Permission("child", 50, middle);
        DelegationLedger delegation = new(ledger, child, _ => DateTimeOffset.MaxValue);

        (await delegation.ReserveAsync(child.Key, 20, 50, DateTimeOffset.MaxValue)).Should().Be(new UnitReservation(7, 0));
        (await delegation.ReserveAsync(child.Key, 20, 50, DateTimeOffset.MaxValue)).Granted.Should().Be(0);
        (await ledger.ReserveAsync(top.Key, 1000, 100, DateTimeOffset.MaxValue)).Granted.Should().Be(93);
        await ledger.ReturnAsync(top.Key, 93);
        await delegation.ReturnAsync(child.Key, 7);
        (await ledger.ReserveAsync(child.Key, 1000, 50, DateTimeOffset.MaxValue)).Granted.Should().Be(50);
        (await ledger.ReserveAsync(middle.Key, 1000, 7, DateTimeOffset.MaxValue)).Granted.Should().Be(7);
        (await ledger.ReserveAsync(top.Key, 1000, 100, DateTimeOffset.MaxValue)).Granted.Should().Be(100);
    }

    private static async Task InferAsync(OmlSession session, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            (await session.InferAsync(ModelFixture.Inputs())).Dispose();
        }
    }

    private static Permission Permission(string issuer, long quota, Permission? parent) => new()
    {
        Issuer = issuer,
        Licensee = "l",
        Model = default,
        IssuedAt = DateTimeOffset.UnixEpoch,
        ExpiresAt = DateTimeOffset.MaxValue,
        Nonce = PermissionNonce.CreateRandom(),
        FingerprintId = 1,
        Quota = quota,
        Parent = parent,
    };

    private static PermissionRequest Request(
        ModelFixture fixture, PossessionKey key, long? quota = null, PermissionUse use = PermissionUse.SingleSession) => new()
        {
            Licensee = "customer",
            Model = fixture.Model.Id,
            Lifetime = TimeSpan.FromMinutes(30),
            Quota = quota,
            Use = use,
            ConfirmationKey = key.PublicKey,
        };

    private byte[] Issue(ModelFixture fixture, long? quota = null) => fixture.Issuer.Issue(new PermissionRequest
    {
        Licensee = "licensee",
        Model = fixture.Model.Id,
        Lifetime = TimeSpan.FromHours(1),
        Quota = quota,
        Use = PermissionUse.Resumable,
        ConfirmationKey = _licensee.PublicKey,
    });
}
