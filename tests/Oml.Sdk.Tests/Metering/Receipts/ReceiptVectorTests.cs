using System.Text.Json;
using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Metering.Receipts.Settlement;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Metering.Receipts;

/// <summary>Receipts, a checkpoint and files that were made once and never change, and what must be refused, and how.</summary>
public sealed class ReceiptVectorTests
{
    private static readonly JsonElement Vectors = Load();

    public static TheoryData<string, string> Refusals =>
        [.. Vectors.GetProperty("refusals").EnumerateArray().Select(item => (Text(item, "of"), Text(item, "name")))];

    private static IssuerPublicKey Host => IssuerPublicKey.ImportSubjectPublicKeyInfo(Convert.FromBase64String(Text(Vectors, "host")));

    private static Receipt[] Receipts =>
        [.. Vectors.GetProperty("receipts").EnumerateArray().Select(item => Receipt.Decode(Bytes(item, "bytes")))];

    [Fact]
    public void Receipts_have_one_form_and_one_hash_and_name_the_one_before_them()
    {
        ReceiptHash previous = default;
        foreach (JsonElement item in Vectors.GetProperty("receipts").EnumerateArray())
        {
            Receipt receipt = Receipt.Decode(Bytes(item, "bytes"));

            receipt.Encode().Should().Equal(Bytes(item, "bytes"));
            receipt.Hash().ToString().Should().Be(Text(item, "hash"));
            receipt.Previous.Should().Be(previous);
            previous = receipt.Hash();
        }
    }

    [Fact]
    public void The_checkpoint_is_signed_over_the_root_that_the_receipts_have()
    {
        ReceiptCheckpoint.TryRead(Bytes(Vectors, "checkpoint"), Host, out ReceiptCheckpoint? checkpoint).Should().Be(ReceiptLogFault.None);

        checkpoint!.Size.Should().Be(3);
        checkpoint.Root.ToString().Should().Be(Text(Vectors, "root"));
        checkpoint.Root.Should().Be(ReferenceTree.Root([.. Receipts.Select(receipt => receipt.Hash())]));
    }

    [Fact]
    public void The_proofs_hold()
    {
        ReceiptHash root = ReceiptHash.Parse(Text(Vectors, "root"));
        ReceiptHash[] leaves = [.. Receipts.Select(receipt => receipt.Hash())];

        MerkleProof.VerifyInclusion(leaves[1], 1, 3, Path("inclusion"), root).Should().BeTrue();
        MerkleProof.VerifyConsistency(1, leaves[0], 3, root, Path("consistency")).Should().BeTrue();
        Path("inclusion").Should().Equal(ReferenceTree.Inclusion(1, leaves));
    }

    [Fact]
    public void The_file_of_a_receipt_is_accepted()
    {
        OfflineReceipt.TryRead(Bytes(Vectors, "offline"), Host, out OfflineReceipt? offline).Should().Be(ReceiptLogFault.None);

        offline!.Index.Should().Be(1);
        offline.Receipt.Should().Be(Receipts[1]);
    }

    [Fact]
    public void The_statement_is_the_same_to_the_byte()
    {
        JsonElement expected = Vectors.GetProperty("statement");
        UsageStatementBuilder builder = new(
            Text(expected, "licensee"),
            DateTimeOffset.FromUnixTimeSeconds(expected.GetProperty("from").GetInt64()),
            DateTimeOffset.FromUnixTimeSeconds(expected.GetProperty("to").GetInt64()));
        foreach (Receipt receipt in Receipts)
        {
            builder.Add(receipt);
        }

        UsageStatement statement = builder.Build();

        statement.Encoded.ToArray().Should().Equal(Bytes(expected, "bytes"));
        statement.Digest.ToString().Should().Be(Text(expected, "digest"));
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_is_wrong_is_refused_as_the_specification_says(string of, string name)
    {
        JsonElement item = Vectors.GetProperty("refusals").EnumerateArray().Single(item => Text(item, "of") == of && Text(item, "name") == name);
        byte[] bytes = Bytes(item, "bytes");

        ReceiptLogFault fault = of switch
        {
            "receipt" => Refused(() => Receipt.Decode(bytes)) ? ReceiptLogFault.MalformedReceipt : ReceiptLogFault.None,
            "checkpoint" => ReceiptCheckpoint.TryRead(bytes, Host, out _),
            _ => OfflineReceipt.TryRead(bytes, Host, out _),
        };

        fault.ToString().Should().Be(Text(item, "fault"));
    }

    private static bool Refused(Action read)
    {
        try
        {
            read();
            return false;
        }
        catch (FormatException)
        {
            return true;
        }
    }

    private static ReceiptHash[] Path(string proof) =>
        [.. Vectors.GetProperty(proof).GetProperty("path").EnumerateArray().Select(hash => ReceiptHash.Parse(hash.GetString()!))];

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;

    private static byte[] Bytes(JsonElement item, string name) => Convert.FromHexString(Text(item, name));

    private static JsonElement Load()
    {
        using Stream stream = typeof(ReceiptVectorTests).Assembly.GetManifestResourceStream("Oml.Sdk.Tests.Metering.Receipts.Vectors.receipt.json")!;
        using JsonDocument document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}
