using Oml.Sdk.Inference;
using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests.Metering.Receipts.Recording;

public sealed class SessionReceiptTests : IDisposable
{
    private readonly LogFixture _files = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task A_session_leaves_a_receipt_of_what_it_delivered()
    {
        await using ModelFixture fixture = await CreateAsync();
        ModelId model = fixture.Model.Id;
        PermissionNonce nonce;
        await using (OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue(quota: 10), Cancellation))
        {
            nonce = session.Permission.Nonce;
            for (int i = 0; i < 7; i++)
            {
                (await session.InferAsync(ModelFixture.Inputs(), Cancellation)).Dispose();
            }
        }

        // Nothing used, nothing to show.
        await (await fixture.Model.AuthorizeAsync(fixture.Issue(), Cancellation)).DisposeAsync();
        await fixture.Model.DisposeAsync();

        Receipt receipt = (await ReadAsync()).Should().ContainSingle().Which;
        (receipt.Permission.Nonce, receipt.Model, receipt.Licensee, receipt.Units, receipt.FirstUnit).Should().Be((nonce, model, "licensee", 7, 0));
        receipt.Time.Should().Be(fixture.Time.GetUtcNow());
        (await ReceiptLogChecker.CheckAsync(_files.Folder, _files.Host.PublicKey, cancellationToken: Cancellation))
            .LastCheckpoint!.Size.Should().Be(1, "closing the model signs a checkpoint");
    }

    [Fact]
    public async Task A_long_session_leaves_receipts_on_its_way_and_none_twice()
    {
        await using ModelFixture fixture = await CreateAsync(options => options.FlushUnits = 10);
        await using (OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue(), Cancellation))
        {
            for (int round = 1; round <= 5; round++)
            {
                await Parallel.ForAsync(0, 200, Cancellation, async (_, cancellation) =>
                    (await session.InferAsync(ModelFixture.Inputs(), cancellation)).Dispose());
                await EventuallyAsync(async () => (await ReadAsync()).Length >= round);
            }
        }

        await fixture.Model.DisposeAsync();

        Receipt[] receipts = await ReadAsync();
        receipts.Length.Should().BeGreaterThanOrEqualTo(5);
        long next = 0;
        foreach (Receipt receipt in receipts)
        {
            receipt.FirstUnit.Should().Be(next);
            next += receipt.Units;
        }

        next.Should().Be(1000);
    }

    [Fact]
    public async Task Time_alone_makes_an_open_session_leave_a_receipt_and_a_checkpoint()
    {
        await using ModelFixture fixture = await CreateAsync();
        await using OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue(use: PermissionUse.Resumable), Cancellation);
        (await session.InferAsync(ModelFixture.Inputs(), Cancellation)).Dispose();

        fixture.Time.Advance(TimeSpan.FromSeconds(10));
        await EventuallyAsync(async () => (await ReadAsync()).Length == 1);
        (await ReadAsync())[0].FirstUnit.Should().BeNull("several sessions share a resumable permission, and nobody counts across them");
        (await session.InferAsync(ModelFixture.Inputs(), Cancellation)).Dispose();

        // The first receipt may get its checkpoint alone, if its writer sees the clock move before it is done.
        await EventuallyAsync(async () =>
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(60));
            return (await ReceiptLogChecker.CheckAsync(_files.Folder, _files.Host.PublicKey, cancellationToken: Cancellation)).LastCheckpoint?.Size == 2;
        });
    }

    [Fact]
    public async Task A_call_that_failed_is_in_no_receipt()
    {
        await using ModelFixture fixture = await CreateAsync(function: x => x > 0 ? throw new InferenceException("broken") : x);
        await using (OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue(), Cancellation))
        {
            (await session.InferAsync(ModelFixture.Inputs(), Cancellation)).Dispose();
            InferenceInputs broken = new InferenceInputs().Add("x", new float[] { 1, 1, 1, 1 }, 1, 4);
            await FluentActions.Awaiting(() => session.InferAsync(broken, Cancellation).AsTask()).Should().ThrowAsync<InferenceException>();
        }

        (await ReadAsync()).Should().ContainSingle().Which.Units.Should().Be(1);
    }

    [Fact]
    public async Task Digests_are_those_of_the_inputs_and_of_the_outputs_that_were_delivered()
    {
        await using ModelFixture fixture = await CreateAsync(options => options.Digests = ReceiptDigests.Inputs | ReceiptDigests.Outputs);
        List<InferenceInputs> inputs = [.. Enumerable.Range(1, 3).Select(i => new InferenceInputs().Add("x", new float[] { i, 0, 0, 0 }, 1, 4))];
        await using (OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue(), Cancellation))
        {
            foreach (InferenceInputs input in inputs)
            {
                (await session.InferAsync(input, Cancellation)).Dispose();
            }
        }

        Receipt[] receipts = await ReadAsync();

        receipts.Select(receipt => receipt.InputsDigest!.Value.ToString()).Should().Equal(inputs.Select(input => InputDigest.Compute(input).ToString()));
        receipts.Select(receipt => receipt.OutputsDigest).Should().OnlyHaveUniqueItems().And.NotContainNulls();
        receipts.Select(receipt => (receipt.Units, receipt.FirstUnit)).Should().Equal((1, 0), (1, 1), (1, 2));
    }

    [Fact]
    public async Task A_model_whose_receipts_cannot_be_written_refuses_to_run()
    {
        ReceiptLog log = await _files.OpenAsync();
        await using ModelFixture fixture = await ModelFixture.CreateAsync(builder => builder.UseReceipts(log, options => options.FlushUnits = 1));
        await using OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue(), Cancellation);
        await log.DisposeAsync();
        (await session.InferAsync(ModelFixture.Inputs(), Cancellation)).Dispose();

        await EventuallyAsync(async () =>
        {
            try
            {
                (await session.InferAsync(ModelFixture.Inputs(), Cancellation)).Dispose();
                return false;
            }
            catch (ReceiptLogException error)
            {
                return error.Fault == ReceiptLogFault.WritingFailed && error.Message.Contains("not used", StringComparison.Ordinal);
            }
        });
    }

    [Fact]
    public async Task A_log_that_is_shared_stays_open_and_one_of_the_model_s_own_is_closed_with_it()
    {
        await using (ModelFixture own = await CreateAsync())
        {
            await FluentActions.Awaiting(_files.OpenAsync).Should().ThrowAsync<ReceiptLogException>();
        }

        await using ReceiptLog shared = await _files.OpenAsync();
        await using (ModelFixture first = await ModelFixture.CreateAsync(builder => builder.UseReceipts(shared)))
        {
            await using ModelFixture second = await ModelFixture.CreateAsync(builder => builder.UseReceipts(shared));
            foreach (ModelFixture fixture in new[] { first, second })
            {
                (await fixture.Model.InferAsync(ModelFixture.Inputs(), fixture.Issue(), Cancellation)).Dispose();
            }
        }

        shared.Size.Should().Be(2);
        shared.LastCheckpoint!.Size.Should().Be(2);
    }

    [Fact]
    public async Task Counting_for_receipts_allocates_nothing()
    {
        await using ReceiptLog log = await _files.OpenAsync();
        long[] windows = await SessionAllocations.MeasureAsync(
            new PermittingVerifier(), ModelFixture.Inputs(), configure: builder => builder.UseReceipts(log, options => options.FlushUnits = 1 << 20));

        windows.Should().AllBeEquivalentTo(0L);
    }

    [Fact]
    public void Refuses_options_out_of_range()
    {
        ReceiptOptions options = new();

        ((Action)(() => options.FlushUnits = 0)).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => options.FlushUnits = (1 << 20) + 1)).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => options.FlushInterval = TimeSpan.Zero)).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => options.CheckpointInterval = TimeSpan.FromDays(2))).Should().Throw<ArgumentOutOfRangeException>();
    }

    private Task<ModelFixture> CreateAsync(Action<ReceiptOptions>? configure = null, Func<float, float>? function = null) =>
        ModelFixture.CreateAsync(builder => builder.UseReceipts(_files.Folder, _files.Host, configure), function);

    private async Task<Receipt[]> ReadAsync() => await ReceiptLogReader.ReadAsync(_files.Folder, 0, Cancellation).ToArrayAsync(Cancellation);

    private static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        while (!await condition())
        {
            await Task.Delay(5, patience.Token);
        }
    }
}
