using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests;

public sealed class OmlSessionTests
{
    [Fact]
    public async Task Refuses_the_call_after_the_last_unit()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        await using OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue(quota: 10));
        for (int i = 0; i < 10; i++)
        {
            (await session.InferAsync(ModelFixture.Inputs())).Dispose();
        }

        Func<Task> eleventh = async () => await session.InferAsync(ModelFixture.Inputs());

        (await eleventh.Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.QuotaExhausted);
        fixture.Backend.Runs.Should().Be(10);
        session.UnitsSpent.Should().Be(10);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Delivers_exactly_the_quota_to_ten_times_as_many_callers(int quota)
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        byte[] permission = fixture.Issue(quota, PermissionUse.Resumable);
        OmlSession[] sessions = await Task.WhenAll(Enumerable.Range(0, Math.Min(quota, 4))
            .Select(_ => fixture.Model.AuthorizeAsync(permission).AsTask()));
        int delivered = 0;

        await Parallel.ForEachAsync(
            Enumerable.Range(0, 10 * quota),
            new ParallelOptions { MaxDegreeOfParallelism = 64 },
            async (call, _) =>
            {
                try
                {
                    (await sessions[call % sessions.Length].InferAsync(ModelFixture.Inputs(), CancellationToken.None)).Dispose();
                    Interlocked.Increment(ref delivered);
                }
                catch (PermissionDeniedException error) when (error.Reason == DenialReason.QuotaExhausted)
                {
                    // Nine of ten callers.
                }
            });

        delivered.Should().Be(quota);
        fixture.Backend.Runs.Should().Be(quota);
    }

    [Fact]
    public async Task Gives_the_unit_back_when_the_inference_fails()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        await using OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue(quota: 2));
        fixture.Backend.During = _ => throw new InferenceException("the runtime failed");
        for (int i = 0; i < 5; i++)
        {
            Func<Task> fail = async () => await session.InferAsync(ModelFixture.Inputs());
            await fail.Should().ThrowAsync<InferenceException>();
        }

        fixture.Backend.During = null;
        (await session.InferAsync(ModelFixture.Inputs())).Dispose();
        (await session.InferAsync(ModelFixture.Inputs())).Dispose();

        session.UnitsSpent.Should().Be(2);
    }

    [Fact]
    public async Task Gives_the_unit_back_when_the_call_is_cancelled_while_it_runs()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        await using OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue(quota: 1));
        using CancellationTokenSource source = new();
        fixture.Backend.During = token => Task.Delay(Timeout.Infinite, token);
        Task<InferenceOutputs> running = session.InferAsync(ModelFixture.Inputs(), source.Token).AsTask();

        source.Cancel();
        await ((Func<Task>)(() => running)).Should().ThrowAsync<OperationCanceledException>();

        session.UnitsSpent.Should().Be(0);
        fixture.Backend.During = null;
        (await session.InferAsync(ModelFixture.Inputs())).Dispose();
    }

    [Fact]
    public async Task Counts_rows_where_the_permission_says_so()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        await using OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue(quota: 10, unit: MeteringUnit.Row));
        (await session.InferAsync(ModelFixture.Inputs(rows: 7))).Dispose();

        Func<Task> four = async () => await session.InferAsync(ModelFixture.Inputs(rows: 4));

        (await four.Should().ThrowAsync<PermissionDeniedException>()).Which.Message.Should().Contain("costs 4 rows").And.Contain("quota of 10");
        (await session.InferAsync(ModelFixture.Inputs(rows: 3))).Dispose();
        session.UnitsSpent.Should().Be(10);
        fixture.Backend.Runs.Should().Be(2);
    }

    [Fact]
    public async Task Ends_with_its_permission()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        await using OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue(lifetime: TimeSpan.FromMinutes(10)));
        fixture.Time.Advance(TimeSpan.FromMinutes(10));
        (await session.InferAsync(ModelFixture.Inputs())).Dispose();

        fixture.Time.Advance(TimeSpan.FromMinutes(1));
        Func<Task> late = async () => await session.InferAsync(ModelFixture.Inputs());

        (await late.Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.Expired);
        fixture.Backend.Runs.Should().Be(1);
    }

    [Fact]
    public async Task Ends_also_when_the_wall_clock_is_set_back()
    {
        TwoClocks clocks = new();
        await using ModelFixture fixture = await ModelFixture.CreateAsync(builder => builder.UseTimeProvider(clocks));
        await using OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue(lifetime: TimeSpan.FromMinutes(10)));
        clocks.Steady += TimeSpan.FromMinutes(12);

        Func<Task> late = async () => await session.InferAsync(ModelFixture.Inputs());

        (await late.Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.Expired);
    }

    [Fact]
    public async Task Gives_unspent_units_back_when_disposed()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        byte[] permission = fixture.Issue(quota: 100, PermissionUse.Resumable);
        for (int round = 0; round < 20; round++)
        {
            await using OmlSession session = await fixture.Model.AuthorizeAsync(permission);
            for (int i = 0; i < 5; i++)
            {
                (await session.InferAsync(ModelFixture.Inputs())).Dispose();
            }
        }

        Func<Task> next = async () => await fixture.Model.AuthorizeAsync(permission);

        (await next.Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.QuotaExhausted);
        fixture.Backend.Runs.Should().Be(100);
    }

    [Fact]
    public async Task Refuses_calls_once_disposed()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue());
        await session.DisposeAsync();
        session.Dispose();

        Func<Task> infer = async () => await session.InferAsync(ModelFixture.Inputs());

        await infer.Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public async Task Allocates_nothing_of_its_own_on_the_hot_path()
    {
        (await MeasureAllocationsAsync(quota: null)).Should().AllBeEquivalentTo(0L);
    }

    [Fact]
    public async Task Allocates_only_when_it_reserves_the_next_block_of_a_quota()
    {
        // 10,000 calls draw on blocks of up to 4,096 units, so of 100 windows a few hold a reservation.
        long[] windows = await MeasureAllocationsAsync(quota: 1_000_000);

        windows.Count(bytes => bytes != 0).Should().BeLessThan(5);
    }

    private static Task<long[]> MeasureAllocationsAsync(long? quota) =>
        SessionAllocations.MeasureAsync(new PermittingVerifier(quota), ModelFixture.Inputs());
}
