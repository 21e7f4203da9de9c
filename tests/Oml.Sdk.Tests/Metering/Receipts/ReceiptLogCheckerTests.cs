using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Metering.Receipts.Storage;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Metering.Receipts;

public sealed class ReceiptLogCheckerTests : IDisposable
{
    private readonly LogFixture _files = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task An_intact_log_is_found_intact_with_its_root()
    {
        await _files.WriteAsync(1000, 1, 256, 700);
        await using ReceiptLog log = await _files.OpenAsync();
        ReceiptCheckpoint checkpoint = await log.CheckpointAsync(Cancellation);
        List<long> progress = [];

        ReceiptLogReport report = await ReceiptLogChecker.CheckAsync(
            _files.Folder, _files.Host.PublicKey, [checkpoint], new Collect(progress), Cancellation);

        report.Problems.Should().BeEmpty();
        (report.Receipts, report.Checkpoints, report.Root).Should().Be((1000, 4, checkpoint.Root));
        report.LastCheckpoint!.Size.Should().Be(1000);
        report.ToString().Should().Contain("1000 receipts and 4 checkpoints are intact");
        progress.Should().Contain(1000);
    }

    [Fact]
    public async Task An_empty_log_is_intact()
    {
        await using (ReceiptLog log = await _files.OpenAsync())
        {
            await log.CheckpointAsync(Cancellation);
        }

        (await CheckAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task Every_byte_of_every_file_is_checked()
    {
        await _files.WriteAsync(260, 3, 258, 260);
        int files = 0;
        foreach (string path in _files.Files.Where(file => Path.GetFileName(file) != "lock"))
        {
            files++;
            byte[] original = await File.ReadAllBytesAsync(path, Cancellation);
            for (int at = 0; at < original.Length; at += original.Length > 1000 ? 211 : 1)
            {
                byte[] changed = [.. original];
                changed[at] ^= 0x10;
                await File.WriteAllBytesAsync(path, changed, Cancellation);

                (await CheckAsync()).Should().NotBeEmpty("byte {0} of {1}", at, path);
            }

            await File.WriteAllBytesAsync(path, original, Cancellation);
        }

        files.Should().Be(6);
        (await CheckAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task Says_where_a_receipt_was_exchanged()
    {
        await _files.WriteAsync(300, 300);
        string path = TilePath.Of(_files.Paths.Entries, 1);
        byte[] bundle = await File.ReadAllBytesAsync(path, Cancellation);
        Receipt forged = LogFixture.Receipt(260) with { Units = 999 };
        byte[] encoded = forged.Encode();
        await File.WriteAllBytesAsync(path, [.. bundle[..Start(bundle, 4)], (byte)(encoded.Length >> 8), (byte)encoded.Length, .. encoded, .. bundle[Start(bundle, 5)..]], Cancellation);

        ReceiptLogProblem[] problems = await CheckAsync();

        problems.Should().Contain(problem => problem.Fault == ReceiptLogFault.BrokenChain && problem.Index == 260);
        problems.Should().Contain(problem => problem.Fault == ReceiptLogFault.WrongHash && problem.Index == 260);
        problems.Should().Contain(problem => problem.Fault == ReceiptLogFault.BrokenChain && problem.Index == 261);
        problems.Should().Contain(problem => problem.Fault == ReceiptLogFault.WrongRoot && problem.Index == 300);
    }

    [Fact]
    public async Task Says_that_receipts_hashes_or_checkpoints_are_missing_or_torn()
    {
        await _files.WriteAsync(300, 10, 290);
        await ExpectAfter(() => Cut(TilePath.Of(_files.Paths.Entries, 1), -5), ReceiptLogFault.TornTail);
        await ExpectAfter(() => File.Delete(TilePath.Of(_files.Paths.Entries, 1)), ReceiptLogFault.MissingReceipts);
        await ExpectAfter(() => Cut(TilePath.Of(_files.Paths.Entries, 0), -5), ReceiptLogFault.MissingReceipts);
        await ExpectAfter(() => File.Delete(TilePath.Of(Path.Combine(_files.Paths.Tiles, "1"), 0)), ReceiptLogFault.MissingHashes);
        await ExpectAfter(() => Cut(TilePath.Of(Path.Combine(_files.Paths.Tiles, "0"), 1), 32), ReceiptLogFault.MissingHashes);
        await ExpectAfter(() => Cut(TilePath.Of(_files.Paths.Checkpoints, 0), -1), ReceiptLogFault.TornTail);

        // Hashes that no checkpoint covers may be missing.
        Cut(TilePath.Of(Path.Combine(_files.Paths.Tiles, "0"), 1), 35 * 32);
        (await CheckAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task A_checkpoint_that_was_kept_shows_a_log_that_was_rolled_back_or_written_anew()
    {
        await _files.WriteAsync(20, 20);
        string copy = _files.CopyFolder();
        ReceiptCheckpoint kept;
        await using (ReceiptLog log = await _files.OpenAsync())
        {
            await log.AppendAsync(LogFixture.Receipts(20, 5), Cancellation);
            kept = await log.CheckpointAsync(Cancellation);
        }

        (await CheckAsync(kept)).Should().BeEmpty();
        ReceiptLogReport old = await ReceiptLogChecker.CheckAsync(copy, _files.Host.PublicKey, cancellationToken: Cancellation);
        old.IsIntact.Should().BeTrue("a rolled-back log is consistent in itself");
        old = await ReceiptLogChecker.CheckAsync(copy, _files.Host.PublicKey, [kept], cancellationToken: Cancellation);
        old.Problems.Should().ContainSingle().Which.Fault.Should().Be(ReceiptLogFault.RolledBack);

        await using (ReceiptLog rewritten = await ReceiptLog.OpenAsync(copy, _files.Host, cancellationToken: Cancellation))
        {
            await rewritten.AppendAsync(LogFixture.Receipts(100, 5), Cancellation);
            await rewritten.CheckpointAsync(Cancellation);
        }

        old = await ReceiptLogChecker.CheckAsync(copy, _files.Host.PublicKey, [kept], cancellationToken: Cancellation);
        old.Problems.Should().ContainSingle().Which.Fault.Should().Be(ReceiptLogFault.Forked);
    }

    [Fact]
    public async Task Checkpoints_of_another_host_are_refused_and_a_missing_folder_is_an_error()
    {
        await _files.WriteAsync(3, 3);
        using PermissionIssuer stranger = PermissionIssuer.Create();

        ReceiptLogReport report = await ReceiptLogChecker.CheckAsync(_files.Folder, stranger.PublicKey, cancellationToken: Cancellation);

        report.Problems.Should().ContainSingle().Which.Fault.Should().Be(ReceiptLogFault.UnknownHost);
        (await FluentActions.Awaiting(() => ReceiptLogChecker.CheckAsync(_files.Folder + "x", stranger.PublicKey, cancellationToken: Cancellation))
            .Should().ThrowAsync<ReceiptLogException>()).Which.Fault.Should().Be(ReceiptLogFault.Unreadable);
    }

    [Fact]
    public async Task A_reader_gives_the_receipts_and_stops_at_a_broken_chain()
    {
        await _files.WriteAsync(600);
        (await ReceiptLogReader.ReadAsync(_files.Folder, 0, Cancellation).CountAsync(Cancellation)).Should().Be(600);
        (await ReceiptLogReader.ReadAsync(_files.Folder, 255, Cancellation).FirstAsync(Cancellation)).Time.Should().Be(LogFixture.Receipt(255).Time);
        (await ReceiptLogReader.ReadAsync(_files.Folder, 600, Cancellation).CountAsync(Cancellation)).Should().Be(0);
        string path = TilePath.Of(_files.Paths.Entries, 0);
        byte[] bundle = await File.ReadAllBytesAsync(path, Cancellation);
        await File.WriteAllBytesAsync(path, [.. bundle[..Start(bundle, 4)], .. bundle[Start(bundle, 5)..]], Cancellation);

        ReceiptLogException error = (await FluentActions.Awaiting(() => ReceiptLogReader.ReadAsync(_files.Folder, 0, Cancellation).CountAsync(Cancellation).AsTask())
            .Should().ThrowAsync<ReceiptLogException>()).Which;

        error.Fault.Should().Be(ReceiptLogFault.BrokenChain);
        error.Message.Should().Contain("Receipt 4");
    }

    private async Task<ReceiptLogProblem[]> CheckAsync(params ReceiptCheckpoint[] known) =>
        [.. (await ReceiptLogChecker.CheckAsync(_files.Folder, _files.Host.PublicKey, known, null, Cancellation)).Problems];

    private async Task ExpectAfter(Action damage, ReceiptLogFault fault)
    {
        Dictionary<string, byte[]> files = _files.Files.ToDictionary(file => file, File.ReadAllBytes);
        damage();
        (await CheckAsync()).Should().Contain(problem => problem.Fault == fault);
        foreach ((string path, byte[] content) in files)
        {
            await File.WriteAllBytesAsync(path, content, Cancellation);
        }
    }

    private static void Cut(string path, long length)
    {
        using FileStream file = new(path, FileMode.Open);
        file.SetLength(length < 0 ? file.Length + length : length);
    }

    private static int Start(byte[] bundle, int record)
    {
        int at = 0;
        for (; record > 0; record--)
        {
            at += 2 + (bundle[at] << 8) + bundle[at + 1];
        }

        return at;
    }

    private sealed class Collect(List<long> values) : IProgress<long>
    {
        public void Report(long value) => values.Add(value);
    }
}
