using Microsoft.Extensions.Time.Testing;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Testing;

namespace Oml.Sdk.Tests.Metering;

public sealed class InMemoryUsageLedgerTests : UsageLedgerContract
{
    protected override IUsageLedger CreateLedger() => new InMemoryUsageLedger();

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
    public async Task Refuses_the_return_of_units_that_were_not_reserved()
    {
        InMemoryUsageLedger ledger = new();
        PermissionKey key = new("issuer", PermissionNonce.CreateRandom());
        await ledger.ReserveAsync(key, 2, 10, DateTimeOffset.MaxValue);

        Func<Task> giveBack = async () => await ledger.ReturnAsync(key, 3);

        await giveBack.Should().ThrowAsync<ArgumentOutOfRangeException>().WithMessage("*Only 2 units*");
    }
}
