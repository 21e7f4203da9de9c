using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests.Metering.Receipts.Recording;

/// <summary>A wall clock that jumps while a session is open: the ledger, which never goes back, must not learn the wrong time from receipts.</summary>
public sealed class JumpingClockTests : IDisposable
{
    private readonly LogFixture _files = new();
    private readonly TwoClocks _clocks = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(ReceiptDigests.None)]
    [InlineData(ReceiptDigests.Inputs | ReceiptDigests.Outputs)]
    public async Task Ten_years_forward_and_back_leave_the_ledger_usable(ReceiptDigests digests)
    {
        DateTimeOffset right = _clocks.Wall;
        await using (ModelFixture fixture = await CreateAsync(options => options.Digests = digests))
        {
            OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue(quota: 10), Cancellation);
            (await session.InferAsync(ModelFixture.Inputs(), Cancellation)).Dispose();
            _clocks.Wall = right.AddYears(10);
            await FluentActions.Awaiting(() => session.InferAsync(ModelFixture.Inputs(), Cancellation).AsTask())
                .Should().ThrowAsync<PermissionDeniedException>("by this clock the permission is over");
            await session.DisposeAsync();
            _clocks.Wall = right.AddSeconds(1);

            await using OmlSession next = await fixture.Model.AuthorizeAsync(fixture.Issue(quota: 10), Cancellation);
            (await next.InferAsync(ModelFixture.Inputs(), Cancellation)).Dispose();
        }

        Receipt[] receipts = await ReceiptLogReader.ReadAsync(_files.Folder, 0, Cancellation).ToArrayAsync(Cancellation);
        receipts.Should().HaveCount(2).And.OnlyContain(receipt => receipt.Time <= right.AddMinutes(5));
    }

    [Fact]
    public async Task A_day_back_is_refused_with_its_reason_and_the_right_time_works_again()
    {
        DateTimeOffset right = _clocks.Wall;
        await using ModelFixture fixture = await CreateAsync();
        byte[] lasting = fixture.Issuer.Issue(new PermissionRequest
        {
            Licensee = "licensee", Model = fixture.Model.Id, NotBefore = right.AddDays(-2), Lifetime = TimeSpan.FromDays(30), Use = PermissionUse.Resumable,
        });
        await using (OmlSession session = await fixture.Model.AuthorizeAsync(lasting, Cancellation))
        {
            (await session.InferAsync(ModelFixture.Inputs(), Cancellation)).Dispose();
        }

        _clocks.Wall = right.AddDays(-1);
        (await FluentActions.Awaiting(() => fixture.Model.AuthorizeAsync(lasting, Cancellation).AsTask()).Should().ThrowAsync<PermissionDeniedException>())
            .Which.Reason.Should().BeOneOf(DenialReason.ClockSetBack, DenialReason.NotYetValid);
        _clocks.Wall = right.AddSeconds(1);

        await using OmlSession again = await fixture.Model.AuthorizeAsync(lasting, Cancellation);
        (await again.InferAsync(ModelFixture.Inputs(), Cancellation)).Dispose();
    }

    private Task<ModelFixture> CreateAsync(Action<ReceiptOptions>? configure = null) => ModelFixture.CreateAsync(
        builder => builder.UseTimeProvider(_clocks).UseReceipts(_files.Folder, _files.Host, configure));
}
