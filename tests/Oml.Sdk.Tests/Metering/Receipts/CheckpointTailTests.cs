using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Metering.Receipts.Storage;

namespace Oml.Sdk.Tests.Metering.Receipts;

/// <summary>
/// What a power cut may leave at the end of the checkpoints is cut off, and said. What no power cut leaves is refused, and left as it is.
/// </summary>
public sealed class CheckpointTailTests : IDisposable
{
    private readonly LogFixture _files = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Checkpoints => TilePath.Of(_files.Paths.Checkpoints, 0);

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(40)]
    [InlineData(-1)]
    public async Task A_last_checkpoint_of_which_only_the_beginning_came_to_the_disk_is_cut_off(int kept)
    {
        await _files.WriteAsync(10, 3, 6, 9);
        await IsCutOffAsync(Changed(record: 2, record => kept < 0 ? record[..^-kept] : record[..kept]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(50)]
    [InlineData(-16)]
    public async Task A_last_checkpoint_whose_end_is_zeros_is_cut_off(int zerosFrom)
    {
        await _files.WriteAsync(10, 3, 6, 9);
        await IsCutOffAsync(Changed(record: 2, record =>
        {
            record.AsSpan((zerosFrom < 0 ? record.Length + zerosFrom : zerosFrom)..).Clear();
            return record;
        }));
    }

    [Fact]
    public async Task A_last_checkpoint_whose_first_sector_is_zeros_is_cut_off()
    {
        // The third lies across the end of the second sector.
        int checkpoints = 2;
        await _files.WriteAsync(10, 1, 2);
        while (!Crosses(await File.ReadAllBytesAsync(Checkpoints, Cancellation), checkpoints - 1))
        {
            await using ReceiptLog log = await _files.OpenAsync();
            await log.AppendAsync(LogFixture.Receipts(log.Size, 1), Cancellation);
            await log.CheckpointAsync(Cancellation);
            checkpoints++;
        }

        int start = Starts(await File.ReadAllBytesAsync(Checkpoints, Cancellation))[checkpoints - 1];
        await IsCutOffAsync(
            Changed(checkpoints - 1, record =>
            {
                record.AsSpan(..(((start / 512) + 1) * 512 - start)).Clear();
                return record;
            }),
            checkpoints);
    }

    [Fact]
    public async Task The_first_checkpoint_of_a_file_is_cut_off_and_the_file_before_it_goes_on()
    {
        await _files.WriteAsync(300, [.. Enumerable.Range(1, 257)]);
        string second = TilePath.Of(_files.Paths.Checkpoints, 1);
        await File.WriteAllBytesAsync(second, new byte[new FileInfo(second).Length], Cancellation);

        await using ReceiptLog log = await _files.OpenAsync();

        log.LastCheckpoint!.Size.Should().Be(256);
        log.Recovery.CheckpointBytesCut.Should().BePositive();
    }

    [Fact]
    public async Task A_last_checkpoint_that_was_changed_is_refused()
    {
        await _files.WriteAsync(10, 3, 6, 9);
        await IsRefusedAsync(ReceiptLogFault.BadSignature, Changed(record: 2, Flip(^1)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_length_that_was_changed_is_refused(int record)
    {
        await _files.WriteAsync(10, 3, 6, 9);
        await IsRefusedAsync(null, Changed(record, Flip(1)));
        await IsRefusedAsync(null, Changed(record, Flip(0)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Zeros_or_garbage_before_the_last_checkpoint_are_refused(int record)
    {
        await _files.WriteAsync(10, 3, 6, 9);
        await IsRefusedAsync(null, Changed(record, bytes => new byte[bytes.Length]));
        await IsRefusedAsync(null, Changed(record, bytes =>
        {
            bytes.AsSpan(2).Fill(0xA5);
            return bytes;
        }), andTail: true);
    }

    [Fact]
    public async Task Two_checkpoints_of_zeros_are_more_than_a_power_cut_leaves()
    {
        await _files.WriteAsync(10, 3, 6, 9);
        byte[] bytes = await File.ReadAllBytesAsync(Checkpoints, Cancellation);
        int[] starts = Starts(bytes);
        bytes.AsSpan((starts[1] + 2)..starts[2]).Clear();
        bytes.AsSpan((starts[2] + 2)..).Clear();
        await IsRefusedAsync(null, bytes);
    }

    [Fact]
    public async Task Garbage_after_the_last_checkpoint_is_refused()
    {
        await _files.WriteAsync(10, 3, 6, 9);
        byte[] garbage = new byte[300];
        garbage.AsSpan().Fill(0xA5);
        await IsRefusedAsync(null, [.. await File.ReadAllBytesAsync(Checkpoints, Cancellation), .. garbage]);
        await IsRefusedAsync(null, [.. await File.ReadAllBytesAsync(Checkpoints, Cancellation), .. new byte[10_000]]);
    }

    [Fact]
    public async Task Nothing_is_cut_off_when_the_hashes_do_not_reach_what_remains()
    {
        await _files.WriteAsync(300, 3, 290, 299);
        string tile = TilePath.Of(Path.Combine(_files.Paths.Tiles, "0"), 1);
        byte[] hashes = await File.ReadAllBytesAsync(tile, Cancellation);
        await File.WriteAllBytesAsync(tile, hashes[..32], Cancellation);
        await IsRefusedAsync(ReceiptLogFault.MissingHashes, Changed(record: 2, record => record[..20]), restore: false);

        await File.WriteAllBytesAsync(tile, hashes, Cancellation);
        await IsCutOffAsync(await File.ReadAllBytesAsync(Checkpoints, Cancellation), size: 300);
    }

    [Theory]
    [InlineData(0, 0, 512)]
    [InlineData(0, 1024, 512)]
    [InlineData(200, 824, 512)]
    [InlineData(110, 5010, 11)]
    [InlineData(0, 5000, 21)]
    public void A_long_checkpoint_without_one_of_its_sectors_is_unfinished(int offset, int from, int zeros)
    {
        byte[] tail = LongRecord(5_019);
        tail.AsSpan(from, zeros).Clear();
        CheckpointTail.IsUnfinished(tail, offset, _files.Host.PublicKey).Should().BeTrue();
    }

    [Theory]
    [InlineData(200, 1024, 512)]
    [InlineData(0, 1025, 511)]
    [InlineData(0, 5010, 11)]
    [InlineData(0, 0, 511)]
    public void A_long_checkpoint_with_zeros_that_are_no_sector_is_damaged(int offset, int from, int zeros)
    {
        byte[] tail = LongRecord(5_019);
        tail.AsSpan(from, zeros).Clear();
        CheckpointTail.IsUnfinished(tail, offset, _files.Host.PublicKey).Should().BeFalse();
    }

    // A checkpoint that ML-DSA-87 signed is longer than a receipt may be.
    [Fact]
    public void Checkpoints_of_the_greatest_length_are_read_again()
    {
        string folder = Path.Combine(Path.GetDirectoryName(_files.Folder)!, "long");
        byte[][] records = [LongRecord(ReceiptCheckpoint.MaxEncodedBytes)[2..], LongRecord(4_900)];
        using (BundleWriter writer = new(folder, 0, 0))
        {
            Array.ForEach(records, record => writer.Add(record));
            writer.Flush();
        }

        Bundle bundle = new(ReceiptCheckpoint.MaxEncodedBytes);
        bundle.Read(TilePath.Of(folder, 0));

        bundle.Count.Should().Be(2);
        bundle[0].ToArray().Should().Equal(records[0]);
        bundle[1].ToArray().Should().Equal(records[1]);
        bundle.RestBytes.Should().Be(0);
    }

    // A length in two bytes, and that many bytes that are no checkpoint.
    private static byte[] LongRecord(int bytes)
    {
        byte[] record = new byte[2 + bytes];
        record.AsSpan().Fill(0xA5);
        record[0] = (byte)(bytes >> 8);
        record[1] = (byte)bytes;
        return record;
    }

    private async Task IsCutOffAsync(byte[] content, int checkpoints = 3, int? size = null)
    {
        int remains = Starts(content, checkpoints)[checkpoints - 1];
        await File.WriteAllBytesAsync(Checkpoints, content, Cancellation);
        (await CheckAsync()).Problems.Select(problem => problem.Fault).Should().Equal([ReceiptLogFault.TornTail], "a checker tells it from damage");

        await using (ReceiptLog log = await _files.OpenAsync())
        {
            log.Recovery.CheckpointBytesCut.Should().Be(content.Length - remains);
            new FileInfo(Checkpoints).Length.Should().Be(remains);
            log.Size.Should().BeGreaterThanOrEqualTo(size ?? 0);
            await log.AppendAsync(LogFixture.Receipts(log.Size, 1), Cancellation);
            await log.CheckpointAsync(Cancellation);
        }

        ReceiptLogReport report = await CheckAsync();
        report.Problems.Should().BeEmpty();
        report.Checkpoints.Should().Be(checkpoints);
    }

    private async Task IsRefusedAsync(ReceiptLogFault? fault, byte[] content, bool andTail = false, bool restore = true)
    {
        byte[] before = await File.ReadAllBytesAsync(Checkpoints, Cancellation);
        foreach (byte[] shape in andTail ? [content, content[..^5]] : new[] { content })
        {
            await File.WriteAllBytesAsync(Checkpoints, shape, Cancellation);
            ReceiptLogException error = (await FluentActions.Awaiting(_files.OpenAsync).Should().ThrowAsync<ReceiptLogException>()).Which;
            error.Message.Should().Contain(_files.Folder).And.Contain("Restore the log from a copy");
            (fault is null || error.Fault == fault).Should().BeTrue($"it is {error.Fault}");
            (await File.ReadAllBytesAsync(Checkpoints, Cancellation)).Should().Equal(shape, "what is refused is left as it is");
        }

        if (restore)
        {
            await File.WriteAllBytesAsync(Checkpoints, before, Cancellation);
        }
    }

    private async Task<ReceiptLogReport> CheckAsync() =>
        await ReceiptLogChecker.CheckAsync(_files.Folder, _files.Host.PublicKey, cancellationToken: Cancellation);

    // The file with one record, its length included, replaced.
    private byte[] Changed(int record, Func<byte[], byte[]> change)
    {
        byte[] bytes = File.ReadAllBytes(Checkpoints);
        int[] starts = [.. Starts(bytes), bytes.Length];
        return [.. bytes[..starts[record]], .. change(bytes[starts[record]..starts[record + 1]]), .. bytes[starts[record + 1]..]];
    }

    private static Func<byte[], byte[]> Flip(Index at) => record =>
    {
        record[at] ^= 1;
        return record;
    };

    private static bool Crosses(byte[] bytes, int record) => Starts(bytes)[record] % 512 is var start && start > 350 && start < 500;

    private static int[] Starts(byte[] bytes, int most = int.MaxValue)
    {
        List<int> starts = [];
        for (int at = 0; at < bytes.Length && starts.Count < most; at += 2 + (at + 1 < bytes.Length ? (bytes[at] << 8) + bytes[at + 1] : 0))
        {
            starts.Add(at);
        }

        return [.. starts];
    }
}
