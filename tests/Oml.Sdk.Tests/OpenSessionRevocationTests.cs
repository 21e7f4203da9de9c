using System.Diagnostics;
using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;
using Oml.Sdk.Permissions.Revocation;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests;

/// <summary>A session that stays open for hours notices within a minute of a new status list that its permission was revoked.</summary>
public sealed class OpenSessionRevocationTests : IAsyncLifetime
{
    private const string Uri = "urn:status:1";

    private readonly StatusListBuilder _list = new(Uri, 100);
    private bool _isAway;
    private int _fetches;
    private ModelFixture _fixture = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _fixture = await ModelFixture.CreateAsync(builder => builder.UseStatusLists(new Source(this)));

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_permission_that_is_revoked_runs_the_model_no_more_though_its_session_is_open()
    {
        await using OmlSession session = await _fixture.Model.AuthorizeAsync(Issue(), Cancellation);
        await InferAsync(session);
        _list[5] = PermissionStatus.Revoked;

        Pass(TimeSpan.FromMinutes(10));

        await IsRefusedAsync(session, DenialReason.Revoked);
        int runs = _fixture.Backend.Runs;
        Pass(TimeSpan.FromMinutes(20));
        (await TryAsync(session)).Should().Be(DenialReason.Revoked);
        _fixture.Backend.Runs.Should().Be(runs);
        session.UnitsSpent.Should().Be(runs);
    }

    [Fact]
    public async Task A_session_whose_permission_still_holds_goes_on()
    {
        await using OmlSession session = await _fixture.Model.AuthorizeAsync(Issue(), Cancellation);
        _list[4] = PermissionStatus.Revoked;
        DateTimeOffset start = _fixture.Time.GetUtcNow();

        await WaitAsync(async () =>
        {
            await InferAsync(session);
            return Volatile.Read(ref _fetches) >= 4;
        });

        double due = (_fixture.Time.GetUtcNow() - start) / TimeSpan.FromMinutes(10);
        Volatile.Read(ref _fetches).Should().BeLessThanOrEqualTo(1 + (int)due, "a list is fetched when it is due, however often it is looked at");
    }

    [Fact]
    public async Task A_suspended_permission_runs_the_model_again_when_it_holds_again()
    {
        await using OmlSession session = await _fixture.Model.AuthorizeAsync(Issue(), Cancellation);
        _list[5] = PermissionStatus.Suspended;
        Pass(TimeSpan.FromMinutes(10));
        await IsRefusedAsync(session, DenialReason.Suspended);

        _list[5] = PermissionStatus.Valid;
        Pass(TimeSpan.FromMinutes(10));

        await WaitAsync(async () => await TryAsync(session) is null);
    }

    [Fact]
    public async Task A_session_without_a_current_list_is_refused_until_there_is_one()
    {
        await using OmlSession session = await _fixture.Model.AuthorizeAsync(Issue(), Cancellation);
        _isAway = true;
        Pass(TimeSpan.FromMinutes(10));
        await InferAsync(session);
        Pass(TimeSpan.FromMinutes(60));
        await IsRefusedAsync(session, DenialReason.StatusUnknown);

        _isAway = false;
        Pass(TimeSpan.FromMinutes(2));

        await WaitAsync(async () => await TryAsync(session) is null);
    }

    [Fact]
    public async Task A_closed_session_looks_no_more()
    {
        OmlSession session = await _fixture.Model.AuthorizeAsync(Issue(), Cancellation);
        await session.DisposeAsync();
        int before = _fetches;

        Pass(TimeSpan.FromMinutes(30));

        _fetches.Should().Be(before);
        await FluentActions.Awaiting(() => InferAsync(session)).Should().ThrowAsync<ObjectDisposedException>();
    }

    // The clock moves by minutes, as it does, and not from one end to the other.
    private void Pass(TimeSpan time)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromMinutes(1))
        {
            _fixture.Time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    private static async Task InferAsync(OmlSession session)
    {
        using InferenceOutputs outputs = await session.InferAsync(ModelFixture.Inputs(), Cancellation);
    }

    private static async Task<DenialReason?> TryAsync(OmlSession session)
    {
        try
        {
            await InferAsync(session);
            return null;
        }
        catch (PermissionDeniedException denied)
        {
            return denied.Reason;
        }
    }

    private Task IsRefusedAsync(OmlSession session, DenialReason reason) => WaitAsync(async () => await TryAsync(session) == reason);

    // Lists are fetched beside the clock, which goes on meanwhile: a session looks again a minute after it has looked.
    private async Task WaitAsync(Func<Task<bool>> condition)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Stopwatch.GetElapsedTime(start).Should().BeLessThan(TimeSpan.FromSeconds(20));
            _fixture.Time.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(5, Cancellation);
        }
    }

    private byte[] Issue() => _fixture.Issuer.Issue(new PermissionRequest
    {
        Licensee = "licensee",
        Model = _fixture.Model.Id,
        Lifetime = TimeSpan.FromDays(30),
        Status = new StatusReference(Uri, 5),
    });

    private sealed class Source(OpenSessionRevocationTests test) : IStatusListSource
    {
        public ValueTask<ReadOnlyMemory<byte>> FetchAsync(string uri, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref test._fetches);
            return test._isAway
                ? throw new IOException("away")
                : new(test._list.Sign(test._fixture.Issuer, TimeSpan.FromHours(1), TimeSpan.FromMinutes(10)));
        }
    }
}
