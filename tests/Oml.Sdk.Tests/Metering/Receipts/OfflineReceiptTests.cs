using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Metering.Receipts;

public sealed class OfflineReceiptTests : IDisposable
{
    private readonly LogFixture _files = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Any_receipt_is_proved_by_its_file_and_the_host_s_public_key_alone()
    {
        await _files.WriteAsync(300, 1, 255, 299);
        IssuerPublicKey hostKey = IssuerPublicKey.ImportSubjectPublicKeyInfo(_files.Host.PublicKey.ExportSubjectPublicKeyInfo());
        await using ReceiptLog log = await _files.OpenAsync();
        foreach (int index in new[] { 0, 1, 254, 255, 256, 298, 299 })
        {
            OfflineReceipt exported = await log.ExportAsync(index, Cancellation);

            OfflineReceipt.TryRead(exported.Encoded, hostKey, out OfflineReceipt? read).Should().Be(ReceiptLogFault.None);

            read!.Receipt.Should().Be(await log.ReadAsync(index, Cancellation));
            (read.Index, read.Checkpoint.Size).Should().Be((index, index < 299 ? 299 : 300));
            read.Encoded.ToArray().Should().Equal(exported.Encoded.ToArray());
        }
    }

    [Fact]
    public async Task Every_bit_of_the_file_counts()
    {
        await _files.WriteAsync(5, 5);
        await using ReceiptLog log = await _files.OpenAsync();
        byte[] file = (await log.ExportAsync(3, Cancellation)).Encoded.ToArray();
        HashSet<ReceiptLogFault> faults = [];
        for (int bit = 0; bit < file.Length * 8; bit++)
        {
            byte[] changed = [.. file];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));

            ReceiptLogFault fault = OfflineReceipt.TryRead(changed, _files.Host.PublicKey, out OfflineReceipt? read);

            fault.Should().NotBe(ReceiptLogFault.None, "bit {0}", bit);
            read.Should().BeNull();
            faults.Add(fault);
        }

        faults.Should().BeEquivalentTo(
            [ReceiptLogFault.Malformed, ReceiptLogFault.MalformedReceipt, ReceiptLogFault.UnknownHost, ReceiptLogFault.BadSignature, ReceiptLogFault.NotIncluded]);
    }

    [Fact]
    public async Task Refuses_every_truncation_what_follows_and_another_host()
    {
        await _files.WriteAsync(2, 2);
        await using ReceiptLog log = await _files.OpenAsync();
        byte[] file = (await log.ExportAsync(1, Cancellation)).Encoded.ToArray();
        using PermissionIssuer stranger = PermissionIssuer.Create();
        for (int length = 0; length < file.Length; length++)
        {
            OfflineReceipt.TryRead(file.AsMemory(0, length), _files.Host.PublicKey, out _).Should().Be(ReceiptLogFault.Malformed);
        }

        OfflineReceipt.TryRead((byte[])[.. file, 0], _files.Host.PublicKey, out _).Should().Be(ReceiptLogFault.Malformed);
        OfflineReceipt.TryRead(new byte[OfflineReceipt.MaxEncodedBytes + 1], _files.Host.PublicKey, out _).Should().Be(ReceiptLogFault.Malformed);
        OfflineReceipt.TryRead(file, stranger.PublicKey, out _).Should().Be(ReceiptLogFault.UnknownHost);
    }

    [Fact]
    public async Task A_receipt_that_is_not_there_is_refused()
    {
        await _files.WriteAsync(2);
        await using ReceiptLog log = await _files.OpenAsync();

        await FluentActions.Awaiting(() => log.ExportAsync(2, Cancellation)).Should().ThrowAsync<ArgumentOutOfRangeException>();
        await FluentActions.Awaiting(() => log.ExportAsync(-1, Cancellation)).Should().ThrowAsync<ArgumentOutOfRangeException>();
    }
}
