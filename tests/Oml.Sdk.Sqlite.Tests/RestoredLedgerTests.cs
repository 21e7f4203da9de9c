using Microsoft.Extensions.Time.Testing;
using Oml.Sdk.Inference;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sqlite.Tests.Support;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Sqlite.Tests;

/// <summary>
/// Two hosts, each with its own receipts, over one ledger of which an old copy is put back: each notices what it lost, whatever the other does.
/// </summary>
public sealed class RestoredLedgerTests : IDisposable
{
    private const string A = "a", B = "b";

    private readonly LedgerFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly PermissionIssuer _publisher;
    private readonly Dictionary<string, PermissionIssuer> _hostKeys = new()
    {
        [A] = PermissionIssuer.Create(PermissionAlgorithm.ES256), [B] = PermissionIssuer.Create(PermissionAlgorithm.ES256),
    };

    public RestoredLedgerTests() => _publisher = PermissionIssuer.Create(PermissionAlgorithm.ES256, timeProvider: _time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        _publisher.Dispose();
        foreach (PermissionIssuer key in _hostKeys.Values)
        {
            key.Dispose();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_host_that_goes_on_does_not_hide_from_another_that_the_ledger_is_an_old_copy(bool bKnowsTheCopy)
    {
        await UseAsync(A);
        if (bKnowsTheCopy)
        {
            await UseAsync(B);
        }

        File.Copy(_folder.Path, _folder.Path + ".old");
        byte[] used = await UseAsync(A);
        File.Move(_folder.Path + ".old", _folder.Path, overwrite: true);

        // B lost nothing. The ledger's latest time is after A's last receipt from now on.
        await UseAsync(B);

        await IsRefusedAsync(A);
        await UseAsync(B);
        await IsRefusedAsync(A);

        await using (OmlModel accepted = await BuildAsync(A, accept: true))
        {
            (await accepted.AuthorizeAsync(used, Cancellation)).Dispose();
        }

        await UseAsync(A);
        await UseAsync(B);
    }

    [Fact]
    public async Task Both_notice_when_both_have_lost_something_and_each_is_accepted_on_its_own()
    {
        await UseAsync(A);
        await UseAsync(B);
        File.Copy(_folder.Path, _folder.Path + ".old");
        await UseAsync(B);
        await UseAsync(A);
        File.Move(_folder.Path + ".old", _folder.Path, overwrite: true);

        await IsRefusedAsync(A);
        await IsRefusedAsync(B);
        await (await BuildAsync(A, accept: true)).DisposeAsync();
        await IsRefusedAsync(B);
        await UseAsync(A);
    }

    private async Task IsRefusedAsync(string host) =>
        (await FluentActions.Awaiting(() => BuildAsync(host).AsTask()).Should().ThrowAsync<UsageLedgerException>())
            .Which.Message.Should().Contain("old copy").And.Contain($"'{_hostKeys[host].Name}'");

    private async Task<byte[]> UseAsync(string host)
    {
        _time.Advance(TimeSpan.FromMinutes(10));
        await using OmlModel model = await BuildAsync(host);
        byte[] permission = _publisher.Issue(new PermissionRequest { Licensee = "licensee", Model = model.Id, Lifetime = TimeSpan.FromDays(9), Quota = 1 });
        (await model.InferAsync(new InferenceInputs().Add("x", new float[1], 1), permission, Cancellation)).Dispose();
        return permission;
    }

    private ValueTask<OmlModel> BuildAsync(string host, bool accept = false) => OmlModel.CreateBuilder()
        .UseOnnx("a model"u8.ToArray())
        .UseBackend((_, _, _) => new(new EchoBackend()))
        .TrustIssuer(_publisher.PublicKey)
        .UseTimeProvider(_time)
        .UseSqliteLedger(_folder.Path)
        .UseReceipts($"{_folder.Path}.{host}", _hostKeys[host], options => options.AcceptOlderLedger = accept)
        .BuildAsync(Cancellation);
}
