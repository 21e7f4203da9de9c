using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests;

public sealed class RateLimitSessionTests
{
    [Fact]
    public async Task Refuses_what_comes_too_fast_and_says_when_to_try_again()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        await using OmlSession session = await fixture.Model.AuthorizeAsync(Issue(fixture, new RateLimit(4, 60)));
        await InferAsync(session, 4);

        PermissionDeniedException error = await ShouldBeTooFastAsync(session);
        error.RetryAfter.Should().Be(TimeSpan.FromSeconds(15));
        error.Message.Should().Contain("4 units in 60 s").And.Contain("try again in 15 s");
        fixture.Backend.Runs.Should().Be(4);

        fixture.Time.Advance(TimeSpan.FromSeconds(14));
        (await ShouldBeTooFastAsync(session)).RetryAfter.Should().Be(TimeSpan.FromSeconds(1));
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        await InferAsync(session, 1);
        await ShouldBeTooFastAsync(session);
    }

    [Fact]
    public async Task Waiting_longer_saves_up_no_more_than_the_bucket_holds()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        await using OmlSession session = await fixture.Model.AuthorizeAsync(Issue(fixture, new RateLimit(3, 1)));
        fixture.Time.Advance(TimeSpan.FromMinutes(10));

        await InferAsync(session, 3);

        await ShouldBeTooFastAsync(session);
    }

    [Fact]
    public async Task Another_session_of_the_same_permission_has_the_same_bucket()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        byte[] permission = Issue(fixture, new RateLimit(2, 60));
        await using OmlSession first = await fixture.Model.AuthorizeAsync(permission);
        await InferAsync(first, 1);
        await first.DisposeAsync();
        await using OmlSession second = await fixture.Model.AuthorizeAsync(permission);
        await InferAsync(second, 1);

        await ShouldBeTooFastAsync(second);
        await using OmlSession other = await fixture.Model.AuthorizeAsync(Issue(fixture, new RateLimit(2, 60)));
        await InferAsync(other, 2);
    }

    [Fact]
    public async Task A_call_that_fails_takes_nothing_from_the_bucket()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        await using OmlSession session = await fixture.Model.AuthorizeAsync(Issue(fixture, new RateLimit(1, 60)));
        fixture.Backend.During = _ => throw new InferenceException("the runtime failed");
        for (int i = 0; i < 3; i++)
        {
            Func<Task> fail = async () => await session.InferAsync(ModelFixture.Inputs());
            await fail.Should().ThrowAsync<InferenceException>();
        }

        fixture.Backend.During = null;
        await InferAsync(session, 1);
        await ShouldBeTooFastAsync(session);
    }

    [Fact]
    public async Task A_call_that_fails_puts_back_no_more_than_has_not_come_back_by_itself()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        await using OmlSession session = await fixture.Model.AuthorizeAsync(Issue(fixture, new RateLimit(100, 10), unit: MeteringUnit.Row));
        fixture.Backend.During = _ =>
        {
            // While the first call runs, the bucket fills up again and another call empties it.
            fixture.Backend.During = null;
            fixture.Time.Advance(TimeSpan.FromSeconds(10));
            session.InferAsync(ModelFixture.Inputs(rows: 100), CancellationToken.None).AsTask().GetAwaiter().GetResult().Dispose();
            throw new InferenceException("the runtime failed");
        };
        Func<Task> first = async () => await session.InferAsync(ModelFixture.Inputs(rows: 100));
        await first.Should().ThrowAsync<InferenceException>();

        await ShouldBeTooFastAsync(session);
        fixture.Backend.During = _ =>
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(4));
            throw new InferenceException("the runtime failed");
        };
        fixture.Time.Advance(TimeSpan.FromSeconds(10));
        await first.Should().ThrowAsync<InferenceException>();
        fixture.Backend.During = null;

        (await session.InferAsync(ModelFixture.Inputs(rows: 100))).Dispose();
        await ShouldBeTooFastAsync(session);
    }

    [Fact]
    public async Task A_refused_call_leaves_the_quota_alone_and_a_spent_quota_the_bucket()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        await using OmlSession session = await fixture.Model.AuthorizeAsync(Issue(fixture, new RateLimit(2, 60), quota: 3));
        await InferAsync(session, 2);
        await ShouldBeTooFastAsync(session);
        session.UnitsSpent.Should().Be(2);
        fixture.Time.Advance(TimeSpan.FromSeconds(60));
        await InferAsync(session, 1);

        for (int i = 0; i < 5; i++)
        {
            Func<Task> spent = async () => await session.InferAsync(ModelFixture.Inputs());
            (await spent.Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.QuotaExhausted);
        }
    }

    [Fact]
    public async Task More_rows_than_the_bucket_holds_never_fit()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        await using OmlSession session = await fixture.Model.AuthorizeAsync(Issue(fixture, new RateLimit(4, 60), unit: MeteringUnit.Row));
        Func<Task> five = async () => await session.InferAsync(ModelFixture.Inputs(rows: 5));

        PermissionDeniedException error = (await five.Should().ThrowAsync<PermissionDeniedException>()).Which;
        error.Reason.Should().Be(DenialReason.RateLimited);
        error.RetryAfter.Should().BeNull();
        (await session.InferAsync(ModelFixture.Inputs(rows: 4))).Dispose();
    }

    [Fact]
    public async Task Setting_the_wall_clock_forward_fills_no_bucket()
    {
        TwoClocks clocks = new();
        await using ModelFixture fixture = await ModelFixture.CreateAsync(builder => builder.UseTimeProvider(clocks));
        await using OmlSession session = await fixture.Model.AuthorizeAsync(Issue(fixture, new RateLimit(1, 60)));
        await InferAsync(session, 1);

        clocks.Wall += TimeSpan.FromMinutes(30);

        await ShouldBeTooFastAsync(session);
    }

    [Fact]
    public async Task Allocates_nothing_of_its_own_to_limit_the_rate() => await SessionAllocations.ShouldBeNoneAsync(
        new PermittingVerifier { Rate = new RateLimit(1L << 53, 1) }, ModelFixture.Inputs());

    private static async Task InferAsync(OmlSession session, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            (await session.InferAsync(ModelFixture.Inputs())).Dispose();
        }
    }

    private static async Task<PermissionDeniedException> ShouldBeTooFastAsync(OmlSession session)
    {
        Func<Task> infer = async () => await session.InferAsync(ModelFixture.Inputs());
        PermissionDeniedException error = (await infer.Should().ThrowAsync<PermissionDeniedException>()).Which;
        error.Reason.Should().Be(DenialReason.RateLimited);
        return error;
    }

    private static byte[] Issue(ModelFixture fixture, RateLimit rate, long? quota = null, MeteringUnit unit = MeteringUnit.Call) =>
        fixture.Issuer.Issue(new PermissionRequest
        {
            Licensee = "licensee",
            Model = fixture.Model.Id,
            Lifetime = TimeSpan.FromHours(1),
            Use = PermissionUse.Resumable,
            Quota = quota,
            Unit = unit,
            Rate = rate,
        });
}
