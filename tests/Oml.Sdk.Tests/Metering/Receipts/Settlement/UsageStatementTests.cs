using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Metering.Receipts.Settlement;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Metering.Receipts.Settlement;

public sealed class UsageStatementTests : IDisposable
{
    private static readonly DateTimeOffset From = LogFixture.Start;
    private static readonly DateTimeOffset To = LogFixture.Start.AddSeconds(500);

    private readonly LogFixture _files = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Publisher_and_licensee_compute_the_same_statement_from_their_copies()
    {
        await using (ReceiptLog log = await _files.OpenAsync())
        {
            await log.AppendAsync([.. Enumerable.Range(0, 700).Select(i => LogFixture.Receipt(i, i % 2 == 0 ? "a" : "b"))], Cancellation);
        }

        string copy = _files.CopyFolder();

        UsageStatement host = await StatementAsync(_files.Folder);
        UsageStatement publisher = await StatementAsync(copy);

        publisher.Digest.Should().Be(host.Digest);
        host.Compare(publisher).Should().BeEmpty();
        host.Units.Should().Be(Enumerable.Range(0, 500).Where(i => i % 2 == 0).Sum(i => 1 + (i % 5)));
        host.Lines.Should().ContainSingle().Which.Receipts.Should().Be(250);
        (await ReceiptDifference.FindAsync(
            ReceiptLogReader.ReadAsync(_files.Folder, 0, Cancellation), ReceiptLogReader.ReadAsync(copy, 0, Cancellation), Cancellation)).Should().BeNull();
    }

    [Fact]
    public async Task A_dispute_shows_the_lines_that_differ_and_the_first_differing_receipt()
    {
        await using (ReceiptLog log = await _files.OpenAsync())
        {
            await log.AppendAsync(LogFixture.Receipts(0, 90), Cancellation);
        }

        string copy = _files.CopyFolder();
        Receipt last = LogFixture.Receipt(90);
        await using (ReceiptLog log = await _files.OpenAsync())
        {
            await log.AppendAsync([last, LogFixture.Receipt(91)], Cancellation);
        }

        await using (ReceiptLog log = await ReceiptLog.OpenAsync(copy, _files.Host, cancellationToken: Cancellation))
        {
            await log.AppendAsync([last with { Units = 2 }], Cancellation);
        }

        UsageStatement ours = await StatementAsync(_files.Folder, "licensee-7");
        UsageStatement theirs = await StatementAsync(copy, "licensee-7");

        UsageStatementDifference difference = ours.Compare(theirs).Should().ContainSingle().Which;
        (difference.Ours!.Units - difference.Theirs!.Units).Should().Be(1 + 2 - 2);
        ours.Digest.Should().NotBe(theirs.Digest);
        ReceiptDifference? first = await ReceiptDifference.FindAsync(
            ReceiptLogReader.ReadAsync(_files.Folder, 0, Cancellation), ReceiptLogReader.ReadAsync(copy, 0, Cancellation), Cancellation);
        (first!.Index, first.Ours!.Units, first.Theirs!.Units).Should().Be((90, 1, 2));
        first = await ReceiptDifference.FindAsync(
            ReceiptLogReader.ReadAsync(_files.Folder, 0, Cancellation), Enumerable.Empty<Receipt>().ToAsyncEnumerable(), Cancellation);
        (first!.Index, first.Theirs).Should().Be((0, null));
    }

    [Fact]
    public void The_order_of_receipts_changes_nothing_and_lines_are_sorted()
    {
        Receipt[] receipts = [.. Enumerable.Range(0, 40).Select(i => LogFixture.Receipt(i) with
        {
            Permission = new PermissionKey(i % 3 == 0 ? "é" : i % 3 == 1 ? "z" : "A", new PermissionNonce([.. Enumerable.Repeat((byte)(i % 4), 16)])),
            Model = ModelId.Compute([(byte)(i % 2)]),
        })];
        UsageStatementBuilder forwards = new("licensee-7", From, To);
        UsageStatementBuilder backwards = new("licensee-7", From, To);
        foreach (Receipt receipt in receipts)
        {
            forwards.Add(receipt).Should().BeTrue();
        }

        foreach (Receipt receipt in receipts.Reverse())
        {
            backwards.Add(receipt);
        }

        UsageStatement statement = forwards.Build();

        backwards.Build().Encoded.ToArray().Should().Equal(statement.Encoded.ToArray());
        statement.Lines.Select(line => line.Permission.Issuer).Distinct().Should().Equal("A", "z", "é");
        statement.Units.Should().Be(receipts.Sum(receipt => receipt.Units));
    }

    [Fact]
    public void The_highest_preimage_says_what_was_paid()
    {
        using PermissionIssuer issuer = PermissionIssuer.Create();
        using PermitChain chain = PermitChain.Create(1000);
        Permission permission = Chained(issuer, chain);
        UsageStatementBuilder builder = new(permission.Licensee, From, To);
        byte[] preimage = new byte[PermitChain.PreimageSize];
        foreach (int index in new[] { 300, 420, 350 })
        {
            chain.Release(index, preimage);
            builder.AddPayment(permission, 100, index, preimage);
        }

        UsageStatementLine line = builder.Build().Lines.Should().ContainSingle().Which;

        (line.Units, line.PaidUnits).Should().Be((0, 320));
        ((Action)(() => builder.AddPayment(permission, 0, 421, preimage))).Should().Throw<ArgumentException>().WithMessage("*unit 421*");
        ((Action)(() => builder.AddPayment(permission, 0, 1001, preimage))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => builder.AddPayment(permission, 500, 350, preimage))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => new UsageStatementBuilder("other", From, To).AddPayment(permission, 0, 350, preimage)))
            .Should().Throw<ArgumentException>().WithMessage("*'other'*");
    }

    [Fact]
    public void Counts_the_period_and_the_licensee_alone()
    {
        UsageStatementBuilder builder = new("licensee-7", From.AddSeconds(10.9), From.AddSeconds(20));

        builder.Add(LogFixture.Receipt(9)).Should().BeFalse();
        builder.Add(LogFixture.Receipt(10)).Should().BeTrue();
        builder.Add(LogFixture.Receipt(19)).Should().BeTrue();
        builder.Add(LogFixture.Receipt(20)).Should().BeFalse();
        builder.Add(LogFixture.Receipt(15, "another")).Should().BeFalse();

        builder.Build().Lines.Should().ContainSingle().Which.Receipts.Should().Be(2);
        ((Action)(() => _ = new UsageStatementBuilder("", From, To))).Should().Throw<ArgumentException>();
        ((Action)(() => _ = new UsageStatementBuilder("a", To, To))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => builder.Build().Compare(new UsageStatementBuilder("x", From, To).Build()))).Should().Throw<ArgumentException>();
    }

    private static Permission Chained(PermissionIssuer issuer, PermitChain chain)
    {
        CosePermissionVerifierOptions options = new();
        options.TrustedIssuers.Add(new TrustedIssuer(issuer.PublicKey));
        ModelId model = ModelId.Compute("model"u8);
        byte[] token = issuer.Issue(new PermissionRequest
        {
            Licensee = "licensee-7",
            Model = model,
            Lifetime = TimeSpan.FromHours(1),
            PermitChain = chain.Anchor,
        });
        return new CosePermissionVerifier(options).VerifyAsync(token, new PermissionContext(model)).AsTask().GetAwaiter().GetResult().Permission!;
    }

    private static async Task<UsageStatement> StatementAsync(string folder, string licensee = "a")
    {
        UsageStatementBuilder builder = new(licensee, From, To);
        await foreach (Receipt receipt in ReceiptLogReader.ReadAsync(folder, 0, Cancellation))
        {
            builder.Add(receipt);
        }

        return builder.Build();
    }
}
