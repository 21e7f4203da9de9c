using System.Collections.Immutable;
using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Metering.Receipts.Storage;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Metering.Receipts;

public sealed class ReceiptLogTests : IDisposable
{
    private readonly LogFixture _files = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task What_was_appended_is_read_after_opening_again()
    {
        await _files.WriteAsync(700, 1, 256, 300);

        await using ReceiptLog log = await _files.OpenAsync();

        log.Size.Should().Be(700);
        log.LastCheckpoint!.Size.Should().Be(300);
        log.Recovery.Should().Be(new ReceiptLogRecovery(700, 400, 0, 0, 0));
        ReceiptHash previous = default;
        for (int i = 0; i < 700; i++)
        {
            Receipt receipt = await log.ReadAsync(i, Cancellation);
            receipt.Should().Be(LogFixture.Receipt(i) with { Previous = previous });
            previous = receipt.Hash();
        }
    }

    [Fact]
    public async Task Its_root_and_proofs_are_those_of_RFC_9162_whatever_the_batches()
    {
        Random random = new(3);
        List<ReceiptHash> leaves = [];
        ReceiptCheckpoint? earlier = null;
        for (int opening = 0; opening < 4; opening++)
        {
            await using ReceiptLog log = await _files.OpenAsync();
            for (int batch = 0; batch < 4; batch++)
            {
                int count = random.Next(1, 400);
                long first = await log.AppendAsync(LogFixture.Receipts(log.Size, count), Cancellation);
                first.Should().Be(leaves.Count);
                for (long i = first; i < log.Size; i++)
                {
                    leaves.Add((await log.ReadAsync(i, Cancellation)).Hash());
                }

                ReceiptCheckpoint checkpoint = await log.CheckpointAsync(Cancellation);
                checkpoint.Size.Should().Be(leaves.Count);
                checkpoint.Root.Should().Be(ReferenceTree.Root(leaves.ToArray()));
                int index = random.Next(leaves.Count);
                ImmutableArray<ReceiptHash> path = await log.ProveInclusionAsync(index, checkpoint.Size, Cancellation);
                MerkleProof.VerifyInclusion(leaves[index], index, checkpoint.Size, path.AsSpan(), checkpoint.Root).Should().BeTrue();
                if (earlier is not null)
                {
                    path = await log.ProveConsistencyAsync(earlier.Size, checkpoint.Size, Cancellation);
                    MerkleProof.VerifyConsistency(earlier.Size, earlier.Root, checkpoint.Size, checkpoint.Root, path.AsSpan()).Should().BeTrue();
                }

                earlier = checkpoint;
            }
        }
    }

    [Fact]
    public async Task A_tree_of_three_levels_of_tiles_has_the_root_of_RFC_9162()
    {
        const int Size = 66_000;
        await _files.WriteAsync(Size, 65_536);

        await using ReceiptLog log = await _files.OpenAsync();
        ReceiptCheckpoint checkpoint = await log.CheckpointAsync(Cancellation);

        ReceiptHash[] leaves = new ReceiptHash[Size];
        ReceiptHash previous = default;
        for (int i = 0; i < Size; i++)
        {
            leaves[i] = previous = (LogFixture.Receipt(i) with { Previous = previous }).Hash();
        }

        checkpoint.Root.Should().Be(ReferenceTree.Root(leaves));
        ImmutableArray<ReceiptHash> path = await log.ProveInclusionAsync(65_535, Size, Cancellation);
        path.Should().Equal(ReferenceTree.Inclusion(65_535, leaves));
        File.Exists(TilePath.Of(Path.Combine(_files.Paths.Tiles, "2"), 0)).Should().BeTrue();
    }

    [Fact]
    public async Task Sixty_four_threads_append_and_each_receipt_is_where_its_caller_was_told()
    {
        const int Threads = 64;
        const int Appends = 20;
        (long Index, string Licensee)[][] told = new (long, string)[Threads][];
        await using (ReceiptLog log = await _files.OpenAsync())
        {
            await Parallel.ForAsync(0, Threads, new ParallelOptions { MaxDegreeOfParallelism = Threads }, async (thread, cancellation) =>
            {
                told[thread] = new (long, string)[Appends];
                for (int i = 0; i < Appends; i++)
                {
                    string licensee = $"{thread}-{i}";
                    told[thread][i] = (await log.AppendAsync([LogFixture.Receipt(i, licensee)], cancellation), licensee);
                    if (i % 7 == 0)
                    {
                        await log.CheckpointAsync(cancellation);
                    }
                }
            });
        }

        await using ReceiptLog reopened = await _files.OpenAsync();
        reopened.Size.Should().Be(Threads * Appends);
        foreach ((long index, string licensee) in told.SelectMany(mine => mine))
        {
            (await reopened.ReadAsync(index, Cancellation)).Licensee.Should().Be(licensee);
        }
    }

    [Fact]
    public async Task A_second_writer_is_refused_and_told_what_to_do()
    {
        await using ReceiptLog log = await _files.OpenAsync();

        ReceiptLogException error = (await FluentActions.Awaiting(_files.OpenAsync).Should().ThrowAsync<ReceiptLogException>()).Which;

        error.Fault.Should().Be(ReceiptLogFault.InUse);
        error.Message.Should().Contain(_files.Folder).And.Contain("close the other one");
    }

    [Fact]
    public async Task Another_hosts_key_or_origin_does_not_open_a_log()
    {
        await _files.WriteAsync(3, 3);
        using PermissionIssuer stranger = PermissionIssuer.Create();

        await Refused(() => ReceiptLog.OpenAsync(_files.Folder, stranger, cancellationToken: Cancellation), ReceiptLogFault.UnknownHost);
        await Refused(
            () => ReceiptLog.OpenAsync(_files.Folder, _files.Host, new ReceiptLogOptions { Origin = "other" }, Cancellation),
            ReceiptLogFault.UnorderedCheckpoint);
        await using ReceiptLog log = await _files.OpenAsync();
    }

    [Fact]
    public async Task No_checkpoint_is_signed_over_a_bit_that_flipped_after_it_was_written()
    {
        await using (ReceiptLog log = await _files.OpenAsync())
        {
            await log.AppendAsync(LogFixture.Receipts(0, 300), Cancellation);
            await log.CheckpointAsync(Cancellation);
            await log.AppendAsync(LogFixture.Receipts(300, 10), Cancellation);
            Flip(TilePath.Of(_files.Paths.Entries, 1), at: -400);

            await Refused(() => log.CheckpointAsync(Cancellation), ReceiptLogFault.WrongHash);
            await Refused(() => log.AppendAsync(LogFixture.Receipts(310, 1), Cancellation), ReceiptLogFault.WritingFailed);
            log.LastCheckpoint!.Size.Should().Be(300);
        }

        await FluentActions.Awaiting(_files.OpenAsync).Should().ThrowAsync<ReceiptLogException>();
    }

    [Fact]
    public async Task No_checkpoint_is_signed_over_a_hash_that_flipped_after_it_was_written()
    {
        await using ReceiptLog log = await _files.OpenAsync();
        await log.AppendAsync(LogFixture.Receipts(0, 300), Cancellation);
        Flip(TilePath.Of(Path.Combine(_files.Paths.Tiles, "1"), 0), at: 5);

        await Refused(() => log.CheckpointAsync(Cancellation), ReceiptLogFault.WrongHash);
    }

    [Fact]
    public async Task A_call_that_was_cancelled_while_it_waited_appended_nothing()
    {
        await using ReceiptLog log = await _files.OpenAsync();
        using CancellationTokenSource source = new();
        await source.CancelAsync();

        await FluentActions.Awaiting(() => log.AppendAsync(LogFixture.Receipts(0, 1), source.Token)).Should().ThrowAsync<OperationCanceledException>();

        await log.AppendAsync(LogFixture.Receipts(5, 1), Cancellation);
        log.Size.Should().Be(1);
        (await log.ReadAsync(0, Cancellation)).Time.Should().Be(LogFixture.Receipt(5).Time);
    }

    [Fact]
    public async Task A_log_that_was_disposed_says_so()
    {
        ReceiptLog log = await _files.OpenAsync();
        await log.DisposeAsync();
        await log.DisposeAsync();

        await FluentActions.Awaiting(() => log.AppendAsync([], Cancellation)).Should().ThrowAsync<ObjectDisposedException>();
        await FluentActions.Awaiting(() => log.CheckpointAsync(Cancellation)).Should().ThrowAsync<ObjectDisposedException>();
    }

    private static void Flip(string path, int at)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Seek(at, at < 0 ? SeekOrigin.End : SeekOrigin.Begin);
        int value = file.ReadByte();
        file.Seek(-1, SeekOrigin.Current);
        file.WriteByte((byte)(value ^ 4));
    }

    private static async Task Refused(Func<Task> action, ReceiptLogFault fault) =>
        (await action.Should().ThrowAsync<ReceiptLogException>()).Which.Fault.Should().Be(fault);
}
