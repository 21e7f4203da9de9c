using System.Buffers.Binary;
using System.Globalization;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Permissions.Revocation;

/// <summary>Makes the vectors. Places are stored, not compressed, so that every zlib writes the same bytes.</summary>
internal static class StatusListVectorFactory
{
    private const string OtherIssuer = "https://other.example";
    private const string Uri = "https://publisher.example/status/1";
    private const int Index = 5;
    private const long Now = TokenForge.IssuedAt + 600;
    private static readonly TestKey Key = TestKey.P256;
    private static readonly byte[] Type = Cbor.Text("application/statuslist+cwt");
    private static readonly TokenForge Good = Forge(Key).WithClaim(4, Cbor.Int(Now + 3600)).WithClaim(65534, Cbor.Int(300));

    public static StatusListVectorFile Create() => new(
        "Test vectors of the status in docs/spec/permission.md: the permission is to be judged by each list. Every key here is public knowledge: trust none of them.",
        TokenForge.Issuer,
        new() { ["ES256"] = Hex(Key), ["ES384"] = Hex(TestKey.P384) },
        OtherIssuer,
        Hex(TestKey.Rsa),
        TokenForge.Model.ToString(),
        DateTimeOffset.FromUnixTimeSeconds(Now).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        Uri,
        Index,
        Convert.ToHexStringLower(TokenForge.Minimal(Key).WithClaim(-65549, Cbor.Array(Cbor.Text(Uri), Cbor.Int(Index))).Build(Key)),
        [.. Statuses(), .. Envelope(), .. Claims(), .. Lists()]);

    private static IEnumerable<StatusListVector> Statuses()
    {
        const DenialReason None = DenialReason.None;
        yield return Vector("valid", None, "Two bits a place, all 0.", Good);
        yield return Vector("revoked", DenialReason.Revoked, "The second place of the second byte is 1.", Of(2, 0, 0b0100));
        yield return Vector("suspended", DenialReason.Suspended, "It is 2.", Of(2, 0, 0b1000));
        yield return Vector("other-status", DenialReason.Revoked, "It is 3, which means nothing here.", Of(2, 0, 0b1100));
        yield return Vector("others-revoked", None, "Every place but that.", Of(2, 0xFF, 0b11110011));
        yield return Vector("one-bit-revoked", DenialReason.Revoked, "One bit a place, from the least significant on.", Of(1, 0x20));
        yield return Vector("one-bit-valid", None, "Every place but that.", Of(1, 0xDF));
        yield return Vector("four-bits-suspended", DenialReason.Suspended, "The upper half of the third byte.", Of(4, 0, 0, 0x20));
        yield return Vector("eight-bits-revoked", DenialReason.Revoked, "The sixth byte.", Of(8, 0, 0, 0, 0, 0, 1));
        yield return Vector("eight-bits-other", DenialReason.Revoked, "255.", Of(8, 0, 0, 0, 0, 0, 255));
        yield return Vector("draft-example", DenialReason.Revoked, "The 16 places of the draft's example, compressed.", List(1, Convert.FromHexString("78dadbb918000217015d")));
        yield return Vector("without-end", None, "Neither exp nor ttl.", Forge(Key));
        yield return Vector("more-claims", None, "iss, an unknown claim and an unknown member only inform.", Good.WithClaim(1, Cbor.Text(TokenForge.Issuer)).WithClaim(Cbor.Text("x"), Cbor.Int(1)).WithClaim(
            65533, Cbor.Map((Cbor.Text("lst"), Cbor.Bytes(Zlib(0, 0))), (Cbor.Text("bits"), Cbor.Int(2)), (Cbor.Text("aggregation_uri"), Cbor.Text("https://publisher.example/all")))));
        yield return new("second-key", DenialReason.Revoked, "Another key of the issuer.", Convert.ToHexStringLower(Forge(TestKey.P384).WithClaim(65533, Places(2, Zlib(0, 4))).Build(TestKey.P384)));
    }

    private static IEnumerable<StatusListVector> Envelope()
    {
        yield return Bad("no-type", "No typ.", Good.WithoutHeader(16));
        yield return Bad("type-of-permission", "The typ of a permission.", Good.WithHeader(16, TokenForge.TokenType));
        yield return Bad("type-of-jwt-form", "The typ of the other form.", Good.WithHeader(16, Cbor.Text("statuslist+jwt")));
        yield return new("unknown-key", DenialReason.StatusUnknown, "A key that nobody trusts.", Convert.ToHexStringLower(Forge(TestKey.Stranger).Build(TestKey.Stranger)));
        yield return new("key-of-another-issuer", DenialReason.StatusUnknown, "A trusted key, but not of the permission's issuer.", Convert.ToHexStringLower(Forge(TestKey.Rsa).Build(TestKey.Rsa)));
        yield return new("signed-by-another", DenialReason.StatusUnknown, "The kid of the issuer, and another's signature.", Convert.ToHexStringLower(Good.Build(TestKey.Stranger)));
        yield return Bad("other-algorithm", "ES384 under a key for ES256.", Good.WithHeader(1, Cbor.Int(-35)));
        yield return Bad("critical-header", "It demands what is not known.", Good.WithHeader(2, Cbor.Array(Cbor.Int(16))));
        yield return Bad("unprotected-header", "Where nothing may be.", Good with { Unprotected = [0xA1, 0x01, 0x26] });
        yield return Bad("short-signature", "63 bytes.", Good with { SignatureItem = Cbor.Bytes(new byte[63]) });
        yield return Bad("untagged", "Without the tag.", Good with { Start = [0x84] });
        yield return new("trailing-byte", DenialReason.StatusUnknown, "One byte too many.", Convert.ToHexStringLower(Good.Build(Key)) + "00");
    }

    private static IEnumerable<StatusListVector> Claims()
    {
        yield return Bad("no-sub", "It does not say which list it is.", Good.WithoutClaim(2));
        yield return Bad("other-sub", "Another list of the same issuer.", Good.WithClaim(2, Cbor.Text("https://publisher.example/status/2")));
        yield return Bad("no-iat", "It does not say when it was issued.", Good.WithoutClaim(6));
        yield return Vector("iat-60-s-ahead", DenialReason.None, "Clocks differ.", Good.WithClaim(6, Cbor.Int(Now + 60)));
        yield return Bad("iat-61-s-ahead", "Of the future.", Good.WithClaim(6, Cbor.Int(Now + 61)));
        yield return Vector("last-second", DenialReason.None, "It ends in a second.", Good.WithClaim(4, Cbor.Int(Now + 1)));
        yield return Bad("ended", "It ends now.", Good.WithClaim(4, Cbor.Int(Now)));
        yield return Vector("end-of-time", DenialReason.None, "The last second that there is.", Good.WithClaim(4, Cbor.Int(253402300799)).WithClaim(65534, Cbor.Int(253402300799)));
        yield return Bad("exp-beyond", "One second later.", Good.WithClaim(4, Cbor.Int(253402300800)));
        yield return Bad("exp-text", "No number.", Good.WithClaim(4, Cbor.Text("1")));
        yield return Bad("ttl-zero", "No time.", Good.WithClaim(65534, Cbor.Int(0)));
        yield return Bad("ttl-negative", "Less than none.", Good.WithClaim(65534, Cbor.Int(-1)));
        yield return Bad("claims-unsorted", "The claims in another order.", Good with { IsSorted = false });
        yield return Bad("claim-twice", "iat twice.", Good with { Claims = Good.Claims.Add((Cbor.Int(6), Cbor.Int(TokenForge.IssuedAt))) });
        yield return Bad("payload-trailing-byte", "One byte after the claims.", Good with { Payload = [.. SortedClaims(Good), 0] });
    }

    private static IEnumerable<StatusListVector> Lists()
    {
        yield return Bad("no-list", "No status_list.", Good.WithoutClaim(65533));
        yield return Bad("no-lst", "No places.", Good.WithClaim(65533, Cbor.Map((Cbor.Text("bits"), Cbor.Int(2)))));
        yield return Bad("no-bits", "No width.", Good.WithClaim(65533, Cbor.Map((Cbor.Text("lst"), Cbor.Bytes(Zlib(0, 0))))));
        yield return Bad("three-bits", "No such width.", List(3, Zlib(0, 0)));
        yield return Bad("sixteen-bits", "No such width.", List(16, Zlib(0, 0)));
        yield return Bad("members-unsorted", "bits before lst.", Good.WithClaim(65533, Cbor.Map((Cbor.Text("bits"), Cbor.Int(2)), (Cbor.Text("lst"), Cbor.Bytes(Zlib(0, 0))))));
        yield return Bad("empty", "Not one place.", Of(2));
        yield return Bad("too-few-places", "Five places; the permission's is the sixth.", Of(8, 0, 0, 0, 0, 0));
        yield return Bad("raw-deflate", "Without the zlib header.", List(2, Zlib(0, 0)[2..^4]));
        yield return Bad("wrong-checksum", "The Adler-32 of other bytes.", List(2, [.. Zlib(0, 0)[..^1], 0]));
        yield return Bad("not-compressed", "The places as they are.", List(2, [0, 0]));
    }

    private static TokenForge Forge(TestKey key) => new()
    {
        Headers = [(Cbor.Int(1), Cbor.Int((int)key.PublicKey.Algorithm)), (Cbor.Int(4), Cbor.Bytes(key.PublicKey.KeyId.ToArray())), (Cbor.Int(16), Type)],
        Claims = [(Cbor.Int(65533), Places(2, Zlib(0, 0))), (Cbor.Int(2), Cbor.Text(Uri)), (Cbor.Int(6), Cbor.Int(TokenForge.IssuedAt))],
    };

    private static TokenForge Of(int bits, params byte[] values) => List(bits, Zlib(values));

    private static TokenForge List(int bits, byte[] compressed) => Good.WithClaim(65533, Places(bits, compressed));

    private static byte[] Places(int bits, byte[] compressed) =>
        Cbor.Map((Cbor.Text("lst"), Cbor.Bytes(compressed)), (Cbor.Text("bits"), Cbor.Int(bits)));

    private static byte[] SortedClaims(TokenForge forge) =>
        Cbor.Map([.. forge.Claims.Sort((x, y) => x.Key.AsSpan().SequenceCompareTo(y.Key))]);

    // RFC 1950 around one stored block of RFC 1951.
    private static byte[] Zlib(params byte[] values)
    {
        byte[] length = new byte[4];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)values.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(length.AsSpan(2), (ushort)~values.Length);
        uint a = 1, b = 0;
        foreach (byte value in values)
        {
            a = (a + value) % 65521;
            b = (b + a) % 65521;
        }

        byte[] checksum = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(checksum, (b << 16) | a);
        return [0x78, 0x01, 0x01, .. length, .. values, .. checksum];
    }

    private static StatusListVector Bad(string name, string note, TokenForge list) => Vector(name, DenialReason.StatusUnknown, note, list);

    private static StatusListVector Vector(string name, DenialReason expected, string note, TokenForge list) =>
        new(name, expected, note, Convert.ToHexStringLower(list.Build(Key)));

    private static string Hex(TestKey key) => Convert.ToHexStringLower(key.PublicKey.ExportSubjectPublicKeyInfo());
}
