using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests;

public sealed class PermitChainSessionTests : IDisposable
{
    private readonly PermitChain _chain = PermitChain.Create(1000);

    public void Dispose() => _chain.Dispose();

    [Fact]
    public async Task A_unit_runs_once_it_is_paid()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        await using OmlSession session = await fixture.Model.AuthorizeAsync(Issue(fixture));
        await ShouldBeUnpaidAsync(session);
        for (int index = 1; index <= 10; index++)
        {
            (await PayAsync(session, index)).Should().Be(1);
            (await session.InferAsync(ModelFixture.Inputs())).Dispose();
            await ShouldBeUnpaidAsync(session);
        }

        session.UnitsSpent.Should().Be(10);
        session.PaidIndex.Should().Be(10);
        fixture.Backend.Runs.Should().Be(10);
    }

    [Fact]
    public async Task A_later_preimage_pays_for_all_units_before_it()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        await using OmlSession session = await fixture.Model.AuthorizeAsync(Issue(fixture, unit: MeteringUnit.Row));

        (await PayAsync(session, 3)).Should().Be(3);
        (await PayAsync(session, 1000)).Should().Be(997);
        (await session.InferAsync(ModelFixture.Inputs(rows: 1000))).Dispose();

        await ShouldBeUnpaidAsync(session);
    }

    [Fact]
    public async Task Showing_a_preimage_again_or_an_earlier_one_gains_nothing()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        await using OmlSession session = await fixture.Model.AuthorizeAsync(Issue(fixture));
        (await PayAsync(session, 5)).Should().Be(5);

        (await PayAsync(session, 5)).Should().Be(0);
        (await PayAsync(session, 4)).Should().Be(0);
        (await PayAsync(session, 1)).Should().Be(0);
        session.PaidIndex.Should().Be(5);
    }

    [Fact]
    public async Task A_unit_is_gained_once_whatever_session_it_is_shown_to()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        await using ModelFixture elsewhere = await ModelFixture.CreateAsync(builder => builder.UseLedger(fixture.Ledger).TrustIssuer(fixture.Issuer.PublicKey));
        byte[] permission = Issue(fixture);
        await using (OmlSession first = await fixture.Model.AuthorizeAsync(permission))
        {
            (await PayAsync(first, 20)).Should().Be(20);
        }

        await using OmlSession second = await fixture.Model.AuthorizeAsync(permission);
        await using OmlSession third = await elsewhere.Model.AuthorizeAsync(permission);

        (await PayAsync(second, 20)).Should().Be(0);
        (await PayAsync(third, 7)).Should().Be(0);
        await ShouldBeUnpaidAsync(second);
        (await PayAsync(second, 1000) + await PayAsync(third, 1000)).Should().BeInRange(979, 980);
    }

    [Fact]
    public async Task Racing_sessions_gain_no_more_than_was_paid()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        byte[] permission = Issue(fixture);
        OmlSession[] sessions = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => fixture.Model.AuthorizeAsync(permission).AsTask()));
        long gained = 0;

        await Parallel.ForAsync(0, 800, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
            Interlocked.Add(ref gained, await PayAsync(sessions[i % 8], 1 + (i / 8 * 7 % 1000))));
        foreach (OmlSession session in sessions)
        {
            Interlocked.Add(ref gained, await PayAsync(session, 1000));
        }

        gained.Should().BeInRange(1, 1000);
    }

    [Fact]
    public async Task Racing_payers_of_one_session_gain_each_unit_once()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        await using OmlSession session = await fixture.Model.AuthorizeAsync(Issue(fixture));
        long gained = 0;

        await Parallel.ForAsync(0, 4000, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
            Interlocked.Add(ref gained, await PayAsync(session, 1 + (i / 4))));

        gained.Should().Be(1000);
    }

    [Fact]
    public async Task Refuses_what_is_not_the_preimage()
    {
        using PermitChain other = PermitChain.Create(1000);
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        await using OmlSession session = await fixture.Model.AuthorizeAsync(Issue(fixture));
        await PayAsync(session, 10);
        byte[] nine = Preimage(_chain, 9);
        foreach ((long index, byte[] preimage) in ((long, byte[])[])[
            (11, nine), (12, Preimage(_chain, 11)), (11, Preimage(_chain, 12)), (11, Preimage(other, 11)), (500, Preimage(other, 500)),
            (11, new byte[32]), (11, []), (11, [.. Preimage(_chain, 11), 0]), (0, nine), (-1, nine), (1001, nine), (long.MaxValue, nine), (long.MinValue, nine)])
        {
            Func<Task> pay = async () => await session.PayAsync(index, preimage);

            (await pay.Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.BadPreimage);
        }

        session.PaidIndex.Should().Be(10);
        (await PayAsync(session, 11)).Should().Be(1);
    }

    [Fact]
    public async Task A_preimage_far_ahead_is_not_hashed()
    {
        PermitChainAnchor anchor = new(new byte[32], PermitChain.MaxLength);
        await using OmlModel model = await OmlModel.CreateBuilder()
            .UseOnnx(ModelFixture.ModelBytes).UseBackend((_, _, _) => new(new ManagedBackend())).UsePermissionVerifier(new PermittingVerifier { PermitChain = anchor }).BuildAsync();
        await using OmlSession session = await model.AuthorizeAsync(default);

        Func<Task> pay = async () => await session.PayAsync((1 << 20) + 1, new byte[32]);

        (await pay.Should().ThrowAsync<PermissionDeniedException>()).Which.Message.Should().Contain("1048576");
    }

    [Fact]
    public async Task Nothing_is_accepted_when_the_ledger_fails()
    {
        FailingLedger ledger = new();
        await using ModelFixture fixture = await ModelFixture.CreateAsync(builder => builder.UseLedger(ledger));
        await using OmlSession session = await fixture.Model.AuthorizeAsync(Issue(fixture));
        ledger.Fails = true;
        Func<Task> pay = async () => await PayAsync(session, 1);
        await pay.Should().ThrowAsync<IOException>();
        session.PaidIndex.Should().Be(0);
        await ShouldBeUnpaidAsync(session);

        ledger.Fails = false;
        (await PayAsync(session, 1)).Should().Be(1);
    }

    [Fact]
    public async Task The_ledger_is_asked_once_for_many_units()
    {
        FailingLedger ledger = new();
        await using ModelFixture fixture = await ModelFixture.CreateAsync(builder => builder.UseLedger(ledger));
        await using OmlSession session = await fixture.Model.AuthorizeAsync(Issue(fixture));
        for (int index = 1; index <= 1000; index++)
        {
            (await PayAsync(session, index)).Should().Be(1);
        }

        ledger.Advances.Should().BeLessThan(13);
    }

    [Fact]
    public async Task A_failed_inference_keeps_the_paid_unit()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        await using OmlSession session = await fixture.Model.AuthorizeAsync(Issue(fixture));
        await PayAsync(session, 1);
        fixture.Backend.During = _ => throw new InferenceException("the runtime failed");
        Func<Task> fail = async () => await session.InferAsync(ModelFixture.Inputs());
        await fail.Should().ThrowAsync<InferenceException>();

        fixture.Backend.During = null;
        (await session.InferAsync(ModelFixture.Inputs())).Dispose();
    }

    [Fact]
    public async Task There_is_nothing_to_pay_without_a_chain_and_nothing_after_the_end()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        await using OmlSession plain = await fixture.Model.AuthorizeAsync(fixture.Issue());
        OmlSession ended = await fixture.Model.AuthorizeAsync(Issue(fixture));
        Func<Task> free = async () => await plain.PayAsync(1, new byte[32]);
        await free.Should().ThrowAsync<InvalidOperationException>();

        fixture.Time.Advance(TimeSpan.FromHours(2));
        Func<Task> late = async () => await PayAsync(ended, 1);
        (await late.Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.Expired);
    }

    [Fact]
    public async Task Allocates_nothing_of_its_own_to_pay_and_spend_a_unit()
    {
        using PermitChain chain = PermitChain.Create(30_000);
        byte[][] preimages = [.. Enumerable.Range(1, chain.Length).Select(index => Preimage(chain, index))];
        int next = 0;

        long[] windows = await SessionAllocations.MeasureAsync(
            new PermittingVerifier { PermitChain = chain.Anchor },
            ModelFixture.Inputs(),
            beforeCall: session =>
            {
                ValueTask<long> paid = session.PayAsync(next + 1, preimages[next]);
                next++;
                if (!paid.IsCompletedSuccessfully)
                {
                    paid.AsTask().GetAwaiter().GetResult();
                }
            });

        windows.Count(bytes => bytes != 0).Should().BeLessThan(5);
    }

    private static async Task ShouldBeUnpaidAsync(OmlSession session)
    {
        Func<Task> infer = async () => await session.InferAsync(ModelFixture.Inputs());
        (await infer.Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.PaymentRequired);
    }

    private static byte[] Preimage(PermitChain chain, long index)
    {
        byte[] preimage = new byte[PermitChain.PreimageSize];
        chain.Release(index, preimage);
        return preimage;
    }

    private ValueTask<long> PayAsync(OmlSession session, long index) => session.PayAsync(index, Preimage(_chain, index));

    private byte[] Issue(ModelFixture fixture, MeteringUnit unit = MeteringUnit.Call) => fixture.Issuer.Issue(new PermissionRequest
    {
        Licensee = "licensee",
        Model = fixture.Model.Id,
        Lifetime = TimeSpan.FromHours(1),
        Use = PermissionUse.Resumable,
        Unit = unit,
        PermitChain = _chain.Anchor,
    });
}
