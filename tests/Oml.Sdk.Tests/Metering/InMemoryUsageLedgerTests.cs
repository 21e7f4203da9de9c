using Microsoft.Extensions.Time.Testing;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Testing;

namespace Oml.Sdk.Tests.Metering;

public sealed class InMemoryUsageLedgerTests : UsageLedgerContract
{
    protected override IUsageLedger CreateLedger() => new InMemoryUsageLedger();

    protected override IUsageLedger CreateLedger(TimeProvider timeProvider) => new InMemoryUsageLedger(timeProvider);

    [Fact]
    public async Task Forgets_permissions_that_have_ended_and_no_others()
    {
        FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        InMemoryUsageLedger ledger = new(time);
        PermissionKey lasting = new("issuer", PermissionNonce.CreateRandom());
        await ledger.RedeemAsync(lasting, time.GetUtcNow().AddYears(1));
        for (int i = 0; i < 5_000; i++)
        {
            await ledger.RedeemAsync(new PermissionKey("issuer", PermissionNonce.CreateRandom()), time.GetUtcNow().AddMinutes(1));
            time.Advance(TimeSpan.FromSeconds(1));
        }

        ledger.Count.Should().BeLessThan(2_500);
        (await ledger.RedeemAsync(lasting, time.GetUtcNow().AddYears(1))).Should().BeFalse();
    }

    [Fact]
    public async Task What_is_swept_can_not_be_used_again_by_setting_the_clock_back_as_far_as_it_may_be()
    {
        FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        SettableClock clock = new(time);
        InMemoryUsageLedger ledger = new(clock);
        PermissionKey key = new("issuer", PermissionNonce.CreateRandom());
        DateTimeOffset until = time.GetUtcNow().AddMinutes(1);
        await ledger.RedeemAsync(key, until);
        time.Advance(TimeSpan.FromMinutes(3));
        for (int i = 0; i < 5_000; i++)
        {
            await ledger.RedeemAsync(new PermissionKey("issuer", PermissionNonce.CreateRandom()), time.GetUtcNow().AddHours(1));
        }

        clock.Behind = TimeSpan.FromMinutes(2.5);

        (await ledger.RedeemAsync(key, until)).Should().BeFalse("the permission holds again by this clock, and was used");
        DateTimeOffset latest = await ledger.ObserveAsync(DateTimeOffset.UnixEpoch);
        latest.Should().Be(time.GetUtcNow(), "a ledger that forgot by a time remembers it");
    }

    [Fact]
    public async Task Refuses_the_return_of_units_that_were_not_reserved()
    {
        InMemoryUsageLedger ledger = new();
        PermissionKey key = new("issuer", PermissionNonce.CreateRandom());
        await ledger.ReserveAsync(key, 2, 10, DateTimeOffset.MaxValue);

        Func<Task> giveBack = async () => await ledger.ReturnAsync(key, 3);

        await giveBack.Should().ThrowAsync<ArgumentOutOfRangeException>().WithMessage("*Only 2 units*");
    }

    private sealed class SettableClock(TimeProvider inner) : TimeProvider
    {
        public TimeSpan Behind { get; set; }

        public override long TimestampFrequency => inner.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() - Behind;

        public override long GetTimestamp() => inner.GetTimestamp();
    }
}
