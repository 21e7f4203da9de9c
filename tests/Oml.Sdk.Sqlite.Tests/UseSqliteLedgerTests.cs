using Microsoft.Extensions.Time.Testing;
using Oml.Sdk.Metering;
using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sqlite.Tests.Support;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Sqlite.Tests;

public sealed class UseSqliteLedgerTests : IDisposable
{
    private readonly LedgerFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly PermissionIssuer _issuer = PermissionIssuer.Create();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _issuer.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_permission_that_was_used_up_is_refused_after_a_restart()
    {
        byte[] permission = [];
        await using (OmlModel model = await BuildAsync())
        {
            permission = _issuer.Issue(new PermissionRequest { Licensee = "licensee", Model = model.Id, Lifetime = TimeSpan.FromHours(1), Quota = 1 });
            (await model.InferAsync(EchoBackend.Inputs(), permission, Cancellation)).Dispose();
        }

        await using OmlModel restarted = await BuildAsync();
        (await FluentActions.Awaiting(() => restarted.AuthorizeAsync(permission, Cancellation).AsTask())
            .Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.Replayed);
    }

    [Fact]
    public async Task The_model_closes_the_file()
    {
        await (await BuildAsync()).DisposeAsync();

        File.Delete(_folder.Path);
        File.Exists(_folder.Path + "-wal").Should().BeFalse("the last one to close a ledger cleans up");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_old_copy_of_the_ledger_or_none_is_noticed_through_the_receipts_and_said(bool isCopy)
    {
        await UseOnceAsync();
        File.Copy(_folder.Path, _folder.Path + ".old");
        _time.Advance(TimeSpan.FromHours(1));
        byte[] used = await UseOnceAsync();
        await (await BuildAsync(AddReceipts)).DisposeAsync();

        File.Delete(_folder.Path);
        if (isCopy)
        {
            File.Copy(_folder.Path + ".old", _folder.Path);
        }

        UsageLedgerException error = (await FluentActions.Awaiting(() => BuildAsync(AddReceipts).AsTask()).Should().ThrowAsync<UsageLedgerException>()).Which;
        error.Message.Should().Contain("old copy").And.Contain(nameof(ReceiptOptions.AcceptOlderLedger));

        // An operator who knows what was lost goes on. Without the check, what was used could be used again.
        await using (OmlModel accepted = await BuildAsync(builder => AddReceipts(builder, options => options.AcceptOlderLedger = true)))
        {
            await using OmlSession again = await accepted.AuthorizeAsync(used, Cancellation);
        }

        await (await BuildAsync(AddReceipts)).DisposeAsync();
    }

    private async Task<byte[]> UseOnceAsync()
    {
        await using OmlModel model = await BuildAsync(AddReceipts);
        byte[] permission = _issuer.Issue(new PermissionRequest { Licensee = "licensee", Model = model.Id, Lifetime = TimeSpan.FromHours(9), Quota = 1 });
        (await model.InferAsync(EchoBackend.Inputs(), permission, Cancellation)).Dispose();
        return permission;
    }

    private void AddReceipts(OmlModelBuilder builder) => AddReceipts(builder, null);

    private void AddReceipts(OmlModelBuilder builder, Action<ReceiptOptions>? configure) =>
        builder.UseReceipts(_folder.Path + ".receipts", _issuer, configure).UseTimeProvider(_time);

    private ValueTask<OmlModel> BuildAsync(Action<OmlModelBuilder>? configure = null)
    {
        OmlModelBuilder builder = OmlModel.CreateBuilder()
            .UseOnnx("a model"u8.ToArray())
            .UseBackend((_, _, _) => new(new EchoBackend()))
            .TrustIssuer(_issuer.PublicKey)
            .UseSqliteLedger(_folder.Path);
        configure?.Invoke(builder);
        return builder.BuildAsync(Cancellation);
    }
}
