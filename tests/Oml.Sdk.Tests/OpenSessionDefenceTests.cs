using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Permissions.Revocation;
using Oml.Sdk.Sealing;
using Oml.Sdk.Tests.Sealing;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests;

/// <summary>What stands between an open session and the news that its permission was revoked, and what is left when it ends at an awkward moment.</summary>
public sealed class OpenSessionDefenceTests
{
    private const string Uri = "urn:status:1";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_log_that_throws_does_not_keep_a_revoked_session_open()
    {
        StatusListBuilder list = new(Uri, 10);
        Lists lists = new();
        await using ModelFixture fixture = await ModelFixture.CreateAsync(
            builder => builder.UseStatusLists(lists).UseLoggerFactory(new Throwing("StandingChanged")));
        lists.Next = () => list.Sign(fixture.Issuer, TimeSpan.FromHours(1), TimeSpan.FromMinutes(10));
        await using OmlSession session = await fixture.Model.AuthorizeAsync(Issue(fixture.Issuer, fixture.Model.Id), Cancellation);
        list[5] = PermissionStatus.Revoked;

        DenialReason? reason = null;
        for (int i = 0; i < 120 && reason is null; i++)
        {
            fixture.Time.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(10, Cancellation);
            reason = await TryAsync(session);
        }

        reason.Should().Be(DenialReason.Revoked);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_wall_clock_that_is_set_back_does_not_keep_a_revocation_away(bool isSetBack)
    {
        StatusListBuilder list = new(Uri, 10);
        Lists lists = new();
        Shifted clock = new(new FakeTimeProvider(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero)));
        await using ModelFixture fixture = await ModelFixture.CreateAsync(builder => builder.UseStatusLists(lists).UseTimeProvider(clock));
        lists.Next = () => list.Sign(fixture.Issuer, TimeSpan.FromHours(1), TimeSpan.FromMinutes(10));
        await using OmlSession session = await fixture.Model.AuthorizeAsync(Issue(fixture.Issuer, fixture.Model.Id), Cancellation);
        list[5] = PermissionStatus.Revoked;
        clock.Offset = isSetBack ? TimeSpan.FromDays(-1) : TimeSpan.Zero;

        DenialReason? reason = null;
        for (int i = 0; i < 7 * 60 && reason is null; i++)
        {
            clock.Inner.Advance(TimeSpan.FromMinutes(1));
            fixture.Time.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(3, Cancellation);
            reason = await TryAsync(session);
        }

        reason.Should().NotBeNull("7 hours passed on the steady clock, and the list says revoked since the first minute; fetches: " + lists.Fetches);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(10L)]
    public async Task A_permission_that_ends_while_its_model_is_opened_leaves_no_timer(long? quota)
    {
        string path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N") + ".oml");
        CountingTime time = new(TimeProvider.System.GetUtcNow());
        using PermissionIssuer publisher = PermissionIssuer.Create(timeProvider: time);
        using ContentKey key = ContentKey.Generate();
        using LicenseeKey licensee = LicenseeKey.Create();
        ModelId id = await new ModelSealer(publisher, key).SealAsync(
            SealedFiles.Package([]), path, new SealOptions { Name = "m" }, cancellationToken: Cancellation);
        StatusListBuilder list = new(Uri, 10);
        Lists lists = new() { Next = () => list.Sign(publisher, TimeSpan.FromHours(9), TimeSpan.FromMinutes(1)) };
        Exception? error = null;
        await using (OmlModel model = await OmlModel.CreateBuilder()
            .UseBackend((_, _, _) =>
            {
                time.Advance(TimeSpan.FromHours(2));
                return new(new ManagedBackend());
            })
            .TrustIssuer(publisher.PublicKey).UseTimeProvider(time).UseStatusLists(lists)
            .UseSealedModel(path, licensee, options => options.CloseWhenUnused = true).BuildAsync(Cancellation))
        {
            try
            {
                await using OmlSession session = await model.AuthorizeAsync(
                    publisher.Issue(new PermissionRequest
                    {
                        Licensee = "licensee", Model = id, Lifetime = TimeSpan.FromHours(1), Quota = quota,
                        Status = new StatusReference(Uri, 5), WrappedContentKey = key.WrapFor(licensee.PublicKey, id),
                    }),
                    Cancellation);
            }
            catch (Exception e)
            {
                error = e;
            }
        }

        File.Delete(path);
        int before = lists.Fetches;
        for (int i = 0; i < 20; i++)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(10, Cancellation);
        }

        $"{time.Live} timers, {lists.Fetches - before} fetches, {error?.GetType().Name}"
            .Should().Be($"0 timers, 0 fetches, {(error is null ? "" : nameof(PermissionDeniedException))}");
    }

    [Fact]
    public async Task A_verifier_that_names_no_time_is_refused_and_said_which()
    {
        RecheckingVerifier verifier = new() { Interval = TimeSpan.Zero };
        await using ModelFixture fixture = await ModelFixture.CreateAsync(builder => builder.UsePermissionVerifier(verifier));

        await FluentActions.Awaiting(() => fixture.Model.AuthorizeAsync("any"u8.ToArray(), Cancellation).AsTask())
            .Should().ThrowAsync<InvalidOperationException>().WithMessage("*RecheckingVerifier.RecheckIntervalOf gave 00:00:00*above zero*");
        FluentActions.Invoking(() => new StatusListOptions { SessionInterval = TimeSpan.Zero })
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*SessionInterval*00:00:01*");
    }

    [Fact]
    public async Task A_verifier_that_fails_when_asked_again_closes_the_model_to_the_session_until_it_answers()
    {
        RecheckingVerifier verifier = new() { Interval = TimeSpan.FromMinutes(1) };
        await using ModelFixture fixture = await ModelFixture.CreateAsync(builder => builder.UsePermissionVerifier(verifier));
        await using OmlSession session = await fixture.Model.AuthorizeAsync("any"u8.ToArray(), Cancellation);

        verifier.Error = new IOException("away");
        fixture.Time.Advance(TimeSpan.FromMinutes(1));
        (await TryAsync(session)).Should().Be(DenialReason.StatusUnknown);

        verifier.Error = null;
        fixture.Time.Advance(TimeSpan.FromMinutes(1));
        (await TryAsync(session)).Should().BeNull();
    }

    [Fact]
    public async Task Units_that_come_after_the_permission_ended_run_no_model()
    {
        SlowLedger ledger = new();
        await using ModelFixture fixture = await ModelFixture.CreateAsync(builder => builder.UseLedger(ledger));
        await using OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue(quota: 100), Cancellation);
        (await session.InferAsync(ModelFixture.Inputs(), Cancellation)).Dispose();
        ledger.Go = new();
        Task running = session.InferAsync(ModelFixture.Inputs(), Cancellation).AsTask();
        running.IsCompleted.Should().BeFalse();
        fixture.Time.Advance(TimeSpan.FromHours(5));
        ledger.Go.SetResult();

        await FluentActions.Awaiting(() => running).Should().ThrowAsync<PermissionDeniedException>();
        fixture.Backend.Runs.Should().Be(1);
    }

    private static async Task<DenialReason?> TryAsync(OmlSession session)
    {
        try
        {
            (await session.InferAsync(ModelFixture.Inputs(), Cancellation)).Dispose();
            return null;
        }
        catch (PermissionDeniedException denied)
        {
            return denied.Reason;
        }
    }

    private static byte[] Issue(PermissionIssuer issuer, ModelId id) => issuer.Issue(new PermissionRequest
    {
        Licensee = "licensee",
        Model = id,
        Lifetime = TimeSpan.FromHours(8),
        Status = new StatusReference(Uri, 5),
    });

    private sealed class Lists : IStatusListSource
    {
        private int _fetches;

        public Func<byte[]> Next { get; set; } = null!;

        public int Fetches => Volatile.Read(ref _fetches);

        public ValueTask<ReadOnlyMemory<byte>> FetchAsync(string uri, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _fetches);
            return new(Next());
        }
    }

    private sealed class RecheckingVerifier : IPermissionVerifier
    {
        private readonly PermittingVerifier _inner = new();

        public TimeSpan Interval { get; init; }

        public Exception? Error { get; set; }

        public ValueTask<PermissionVerification> VerifyAsync(
            ReadOnlyMemory<byte> token, PermissionContext context, CancellationToken cancellationToken = default) =>
            _inner.VerifyAsync(token, context, cancellationToken);

        public TimeSpan RecheckIntervalOf(Permission permission) => Interval;

        public ValueTask<PermissionVerification> RecheckAsync(Permission permission, CancellationToken cancellationToken = default) =>
            Error is null ? new(PermissionVerification.Permitted(permission)) : throw Error;
    }

    private sealed class Shifted(FakeTimeProvider inner) : TimeProvider
    {
        public FakeTimeProvider Inner => inner;

        public TimeSpan Offset { get; set; }

        public override long TimestampFrequency => inner.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + Offset;

        public override long GetTimestamp() => inner.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            inner.CreateTimer(callback, state, dueTime, period);
    }

    private sealed class CountingTime(DateTimeOffset start) : FakeTimeProvider(start)
    {
        private int _live;

        public int Live => Volatile.Read(ref _live);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Increment(ref _live);
            return new Counted(base.CreateTimer(callback, state, dueTime, period), () => Interlocked.Decrement(ref _live));
        }

        private sealed class Counted(ITimer timer, Action gone) : ITimer
        {
            private int _gone;

            public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

            public void Dispose()
            {
                if (Interlocked.Exchange(ref _gone, 1) == 0)
                {
                    gone();
                }

                timer.Dispose();
            }

            public ValueTask DisposeAsync()
            {
                Dispose();
                return default;
            }
        }
    }

    private sealed class Throwing(string name) : ILoggerFactory, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name == name)
            {
                throw new AggregateException("An error occurred while writing to logger(s).");
            }
        }

        public void Dispose()
        {
        }
    }

    private sealed class SlowLedger : IUsageLedger
    {
        private readonly InMemoryUsageLedger _inner = new();

        public TaskCompletionSource? Go { get; set; }

        public ValueTask<bool> RedeemAsync(PermissionKey key, DateTimeOffset keepUntil, CancellationToken cancellationToken = default) => new(true);

        public ValueTask ReleaseAsync(PermissionKey key, CancellationToken cancellationToken = default) => default;

        public async ValueTask<UnitReservation> ReserveAsync(
            PermissionKey key, long units, long limit, DateTimeOffset keepUntil, CancellationToken cancellationToken = default)
        {
            if (Go is { } go)
            {
                await go.Task;
            }

            // One at a time, so that each use asks.
            return new UnitReservation(1, 50);
        }

        public ValueTask ReturnAsync(PermissionKey key, long units, CancellationToken cancellationToken = default) => default;

        public ValueTask<long> AdvanceAsync(PermissionKey key, long index, DateTimeOffset keepUntil, CancellationToken cancellationToken = default) =>
            _inner.AdvanceAsync(key, index, keepUntil, cancellationToken);

        public ValueTask<DateTimeOffset> ObserveAsync(DateTimeOffset now, CancellationToken cancellationToken = default) => new(now);
    }
}
