using Oml.Sdk.Permissions;
using Oml.Sdk.Sqlite.Tests.Support;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Sqlite.Tests;

/// <summary>"When a clock was ahead" of docs/ledgers-sqlite.md, step by step.</summary>
public sealed class ClockResetTests : IDisposable
{
    private const string Statement = "UPDATE clock SET latest = strftime('%s', 'now') * 1000";

    private readonly LedgerFolder _folder = new();
    private readonly WrongClock _clock = new();
    private readonly PermissionIssuer _publisher = PermissionIssuer.Create(PermissionAlgorithm.ES256);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        _publisher.Dispose();
    }

    [Fact]
    public async Task The_statement_of_the_page_makes_a_ledger_usable_that_was_told_a_time_far_ahead()
    {
        (await Page.ReadAsync("ledgers-sqlite.md")).Should().Contain($"sqlite3 usage.db \"{Statement}\"");
        await using (OmlModel model = await BuildAsync())
        {
            byte[] year = _publisher.Issue(new PermissionRequest
            {
                Licensee = "licensee", Model = model.Id, Lifetime = TimeSpan.FromDays(365), Use = PermissionUse.Resumable,
            });
            _clock.Ahead = TimeSpan.FromDays(30);
            (await model.AuthorizeAsync(year, Cancellation)).Dispose();

            _clock.Ahead = TimeSpan.Zero;
            (await FluentActions.Awaiting(() => model.AuthorizeAsync(year, Cancellation).AsTask()).Should().ThrowAsync<PermissionDeniedException>())
                .Which.Reason.Should().Be(DenialReason.ClockSetBack);

            _folder.Execute(Statement);

            (await model.AuthorizeAsync(year, Cancellation)).Dispose();
        }

        await using SqliteUsageLedger ledger = _folder.Open();
        (await ledger.ObserveAsync(DateTimeOffset.UnixEpoch, Cancellation)).Should().BeCloseTo(_clock.GetUtcNow(), TimeSpan.FromMinutes(1));
    }

    private ValueTask<OmlModel> BuildAsync() => OmlModel.CreateBuilder()
        .UseOnnx("a model"u8.ToArray())
        .UseBackend((_, _, _) => new(new EchoBackend()))
        .TrustIssuer(_publisher.PublicKey)
        .UseTimeProvider(_clock)
        .UseSqliteLedger(_folder.Path)
        .BuildAsync(Cancellation);
}
