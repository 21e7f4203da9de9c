using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Permissions;

public sealed class HostileTokenTests
{
    private static readonly TestKey Key = TestKey.P256;
    private static readonly TokenForge Forge = TokenForge.Minimal(Key);
    private readonly VerifierHarness _harness = new();

    [Fact]
    public void Refuses_ten_thousand_random_mutations()
    {
        Random random = new(20260101);
        byte[] good = Forge.WithClaim(3, Cbor.Text("app")).WithClaim(-65538, Cbor.Array(Cbor.Text("a"), Cbor.Text("b"))).Build(Key);
        for (int i = 0; i < 10_000; i++)
        {
            byte[] token = Mutate(good, random);
            PermissionVerification result = _harness.Verify(token, "app");
            result.IsPermitted.Should().Be(token.AsSpan().SequenceEqual(good), "mutation {0}", i);
        }
    }

    [Fact]
    public void Survives_ten_thousand_mutations_of_signed_claims()
    {
        // The signature is good each time, so the decoder of claims is reached. Some mutations are still permissions.
        Random random = new(20260102);
        byte[] payload = Cbor.Map(Forge.WithClaim(3, Cbor.Text("app")).Claims.Sort((x, y) => x.Key.AsSpan().SequenceCompareTo(y.Key)));
        using System.Security.Cryptography.ECDsa signer = System.Security.Cryptography.ECDsa.Create();
        signer.ImportParameters(((System.Security.Cryptography.ECDsa)Key.PlatformKey).ExportParameters(true));
        Dictionary<DenialReason, int> seen = [];
        for (int i = 0; i < 10_000; i++)
        {
            byte[] token = (Forge with { Payload = Mutate(payload, random) }).Build(
                data => signer.SignData(data, System.Security.Cryptography.HashAlgorithmName.SHA256));
            DenialReason reason = _harness.Verify(token, "app").Reason;
            seen[reason] = seen.GetValueOrDefault(reason) + 1;
        }

        seen.Should().NotContainKey(DenialReason.BadSignature).And.ContainKey(DenialReason.Malformed);
        seen.Count.Should().BeGreaterThan(5, "the mutations reach many checks: {0}", string.Join(", ", seen));
    }

    [Theory]
    [InlineData("81", "F6")] // arrays in arrays
    [InlineData("A1", "F6")] // maps whose key is a map
    [InlineData("A100", "F6")] // maps in maps
    [InlineData("9F", "FF")] // arrays of indefinite length
    [InlineData("5F", "FF")] // byte strings of indefinite length
    [InlineData("C0", "00")] // tags of tags
    [InlineData("D284", "F6")] // tokens in tokens
    public void A_bomb_costs_no_more_than_its_size_says(string repeated, string end)
    {
        byte[] unit = Convert.FromHexString(repeated);
        byte[] bomb = [.. Enumerable.Repeat(unit, 65000 / unit.Length).SelectMany(b => b), .. Convert.FromHexString(end)];
        byte[][] tokens = [bomb, [0xD2, .. bomb], [0xD2, 0x84, .. Cbor.Bytes(bomb), 0xA0, .. Cbor.Bytes(), .. Cbor.Bytes(new byte[64])]];
        VerifierHarness harness = new(options => options.MaxTokenBytes = 65536);
        foreach (byte[] token in tokens)
        {
            Allocated(harness, token).Should().BeLessThan((8 * token.Length) + 32768);
        }
    }

    [Theory]
    [InlineData("81")]
    [InlineData("A100")]
    [InlineData("C0")]
    public void A_signed_bomb_in_a_claim_costs_no_more_than_its_size_says(string repeated)
    {
        byte[] unit = Convert.FromHexString(repeated);
        byte[] bomb = [.. Enumerable.Repeat(unit, 60000 / unit.Length).SelectMany(b => b), 0xF6];
        byte[] token = Forge.WithClaim(-70000, bomb).Build(Key);
        VerifierHarness harness = new(options => options.MaxTokenBytes = 65536);

        harness.Verify(token).Reason.Should().Be(DenialReason.Malformed);
        Allocated(harness, token).Should().BeLessThan((8 * token.Length) + 32768);
    }

    [Fact]
    public void A_signed_map_of_ten_thousand_claims_costs_no_more_than_its_size_says()
    {
        TokenForge forge = Forge with { Claims = Forge.Claims.AddRange(Enumerable.Range(70000, 10000).Select(i => (Cbor.Int(-i), Cbor.Int(0)))) };
        byte[] token = forge.Build(Key);
        VerifierHarness harness = new(options => options.MaxTokenBytes = 65536);

        harness.Verify(token).Reason.Should().Be(DenialReason.Malformed);
        Allocated(harness, token).Should().BeLessThan((8 * token.Length) + 32768);
    }

    [Theory]
    [InlineData("5B7FFFFFFFFFFFFFFF")]
    [InlineData("5BFFFFFFFFFFFFFFFF")]
    [InlineData("5A7FFFFFFF")]
    [InlineData("7B7FFFFFFFFFFFFFFF")]
    [InlineData("9B7FFFFFFFFFFFFFFF")]
    [InlineData("9A7FFFFFFF")]
    [InlineData("BB7FFFFFFFFFFFFFFF")]
    [InlineData("BA3FFFFFFF")]
    public void A_promised_length_allocates_nothing(string head)
    {
        byte[] lie = Convert.FromHexString(head);
        byte[][] tokens =
        [
            [0xD2, .. lie],
            [0xD2, 0x84, .. lie],
            [0xD2, 0x84, .. Cbor.Bytes(lie), 0xA0, .. Cbor.Bytes(), .. Cbor.Bytes(new byte[64])],
            [0xD2, 0x84, .. Cbor.Bytes(), .. lie],
            [0xD2, 0x84, .. Cbor.Bytes(), 0xA0, .. lie],
            [0xD2, 0x84, .. Cbor.Bytes(), 0xA0, .. Cbor.Bytes(), .. lie],
            (Forge with { Payload = lie }).Build(Key),
            Forge.WithClaim(2, lie).Build(Key),
            Forge.WithClaim(-65538, lie).Build(Key),
            Forge.WithClaim(-70000, lie).Build(Key),
            Forge.WithHeader(2, lie).Build(Key),
        ];
        foreach (byte[] token in tokens)
        {
            _harness.Verify(token).Reason.Should().Be(DenialReason.Malformed);
            Allocated(_harness, token).Should().BeLessThan((8 * token.Length) + 32768);
        }
    }

    [Fact]
    public void A_token_over_the_limit_is_not_looked_at()
    {
        byte[] token = new byte[64 << 20];

        _harness.Verify(token).Reason.Should().Be(DenialReason.TokenTooLarge);
        Allocated(_harness, token).Should().BeLessThan(4096);
    }

    [Fact]
    public void Text_that_a_claim_does_not_allow_is_not_copied()
    {
        VerifierHarness harness = new(options => options.MaxTokenBytes = 65536);
        byte[] token = Forge.WithClaim(2, Cbor.Text(new string('x', 60000))).Build(Key);

        harness.Verify(token).Reason.Should().Be(DenialReason.Malformed);
        Allocated(harness, token).Should().BeLessThan((8 * token.Length) + 32768);
    }

    [Fact]
    public void Refuses_every_cose_example_of_others()
    {
        string data = Environment.GetEnvironmentVariable("OML_TEST_DATA") ?? FindData();
        Assert.SkipUnless(Directory.Exists(Path.Combine(data, "cose")), "The COSE working group's examples are not here; set OML_TEST_DATA.");
        int count = 0;
        foreach (string file in Directory.EnumerateFiles(Path.Combine(data, "cose"), "*.json", SearchOption.AllDirectories))
        {
            using System.Text.Json.JsonDocument example = System.Text.Json.JsonDocument.Parse(File.ReadAllText(file));
            if (example.RootElement.TryGetProperty("output", out var output) && output.TryGetProperty("cbor", out var cbor))
            {
                _harness.Verify(Convert.FromHexString(cbor.GetString()!)).IsPermitted.Should().BeFalse();
                count++;
            }
        }

        count.Should().BeGreaterThan(20);
    }

    private static string FindData()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "..", "shared", "data");
            if (File.Exists(Path.Combine(folder.FullName, "Oml.Sdk.sln")))
            {
                return candidate;
            }
        }

        return string.Empty;
    }

    private static long Allocated(VerifierHarness harness, byte[] token)
    {
        PermissionContext context = new(TokenForge.Model);
        harness.Verify(token).IsPermitted.Should().BeFalse();
        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = harness.Verifier.VerifyAsync(token, context).AsTask();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static byte[] Mutate(byte[] good, Random random)
    {
        List<byte> bytes = [.. good];
        for (int edits = random.Next(1, 4); edits > 0 && bytes.Count > 0; edits--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 3:
                    bytes.RemoveAt(at);
                    break;
                case 4:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    int length = random.Next(1, Math.Min(24, bytes.Count - at) + 1);
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length));
                    break;
            }
        }

        return [.. bytes];
    }
}
