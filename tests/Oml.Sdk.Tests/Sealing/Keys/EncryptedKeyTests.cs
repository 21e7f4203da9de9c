using System.Security.Cryptography;
using Oml.Sdk.Sealing;
using Oml.Sdk.Tests.Permissions;

namespace Oml.Sdk.Tests.Sealing.Keys;

public sealed class EncryptedKeyTests
{
    private const EncryptedKeyKind Kind = EncryptedKeyKind.ContentKey;
    private const string Password = "a password";
    private static readonly string Pem = EncryptedKey.Write(Kind, WrappedKey.ContentKeyBytes, Password, EncryptedKeyBody.MinIterations);
    private static readonly EncryptedKeyBody Good = EncryptedKeyBody.Read(Body(Pem), Kind);

    private static (byte[] Key, byte[] Value)[] Entries =>
    [
        (Cbor.Int(1), Cbor.Int(1)),
        (Cbor.Int(2), Cbor.Int((int)Kind)),
        (Cbor.Int(3), Kdf(1, Good.Iterations, Good.Salt)),
        (Cbor.Int(4), Cbor.Bytes(Good.Nonce)),
        (Cbor.Int(5), Cbor.Bytes(Good.Ciphertext)),
    ];

    public static TheoryData<string, byte[]> Damaged => new()
    {
        { "nothing", [] },
        { "a number", Cbor.Int(1) },
        { "an array", Cbor.Array(Cbor.Int(1)) },
        { "no entries", Cbor.Map() },
        { "an entry less", Cbor.Map(Entries[..4]) },
        { "an entry more", Cbor.Map([.. Entries, (Cbor.Int(6), Cbor.Int(0))]) },
        { "an entry twice", Cbor.Map([.. Entries[..4], Entries[3]]) },
        { "unsorted", Cbor.Map([.. Entries.Reverse()]) },
        { "indefinite", [0xBF, .. Body(Pem)[1..], 0xFF] },
        { "a trailing byte", [.. Body(Pem), 0] },
        { "a byte less", Body(Pem)[..^1] },
        { "version as text", With(1, Cbor.Text("1")) },
        { "a long version", With(1, [0x18, 1]) },
        { "another kdf", With(3, Kdf(2, Good.Iterations, Good.Salt)) },
        { "no kdf", With(3, Cbor.Null) },
        { "a kdf parameter less", With(3, Cbor.Array(Cbor.Int(1), Cbor.Int(Good.Iterations))) },
        { "a kdf parameter more", With(3, Cbor.Array(Cbor.Int(1), Cbor.Int(Good.Iterations), Cbor.Bytes(Good.Salt), Cbor.Int(0))) },
        { "too few rounds", With(3, Kdf(1, 99_999, Good.Salt)) },
        { "no rounds", With(3, Kdf(1, 0, Good.Salt)) },
        { "negative rounds", With(3, Kdf(1, -1, Good.Salt)) },
        { "rounds that would never end", With(3, Kdf(1, 10_000_001, Good.Salt)) },
        { "rounds beyond an int", With(3, Kdf(1, (1L << 32) + Good.Iterations, Good.Salt)) },
        { "rounds beyond a long", With(3, Kdf(1, ulong.MaxValue, Good.Salt)) },
        { "a short salt", With(3, Kdf(1, Good.Iterations, new byte[31])) },
        { "a long salt", With(3, Kdf(1, Good.Iterations, new byte[33])) },
        { "a short nonce", With(4, Cbor.Bytes(new byte[11])) },
        { "a long nonce", With(4, Cbor.Bytes(new byte[13])) },
        { "a short ciphertext", With(5, Cbor.Bytes(new byte[47])) },
        { "a long ciphertext", With(5, Cbor.Bytes(new byte[49])) },
        { "a length bomb", [.. Body(Pem)[..^50], 0x5B, 0x40, 0, 0, 0, 0, 0, 0, 0] },
    };

    [Theory]
    [MemberData(nameof(Damaged), DisableDiscoveryEnumeration = true)]
    public void Refuses_every_other_form_before_it_stretches_the_password(string what, byte[] body)
    {
        Action read = () => EncryptedKey.Read(Kind, ToPem(body), Password);

        read.Should().Throw<CryptographicException>(what).WithMessage("*damaged*copy*");
    }

    [Fact]
    public void The_entries_that_these_tests_change_are_those_of_a_good_text()
    {
        using SecretBytes secret = EncryptedKey.Read(Kind, ToPem(Cbor.Map(Entries)), Password);

        secret.Read(this).ToArray().Should().Equal(WrappedKey.ContentKeyBytes);
    }

    [Fact]
    public void A_wrong_password_and_every_change_under_the_tag_give_one_error()
    {
        (string Pem, string Password)[] wrong =
        [
            (Pem, "A password"),
            (Pem, "a password "),
            (ToPem(With(3, Kdf(1, Good.Iterations + 1, Good.Salt))), Password),
            (ToPem((Good with { Salt = Flipped(Good.Salt, 0) }).Encode()), Password),
            (ToPem((Good with { Nonce = Flipped(Good.Nonce, 11) }).Encode()), Password),
            (ToPem((Good with { Ciphertext = Flipped(Good.Ciphertext, 0) }).Encode()), Password),
            (ToPem((Good with { Ciphertext = Flipped(Good.Ciphertext, 47) }).Encode()), Password),
        ];

        string[] messages = [.. wrong.Select(one => Error(one.Pem, one.Password).Message).Distinct()];

        messages.Should().ContainSingle().Which.Should().Contain("password is wrong, or the text was altered").And.NotContain(Password);
    }

    [Fact]
    public void Names_the_kind_and_the_version_that_it_cannot_read()
    {
        ((Action)(() => EncryptedKey.Read(EncryptedKeyKind.LicenseeKey, Pem, Password))).Should().Throw<CryptographicException>()
            .WithMessage("*is a content key, not a licensee key*");
        Error(WrappedKey.LicenseeKeyPem, Password).Message.Should().Contain("is a licensee key, not a content key");
        Error(ToPem(With(2, Cbor.Int(3))), Password).Message.Should().Contain("unknown kind 3");
        Error(ToPem(With(1, Cbor.Int(2))), Password).Message.Should().Contain("format 2").And.Contain("Update Oml.Sdk");
    }

    [Fact]
    public void Refuses_text_without_exactly_one_key()
    {
        Error("no key", Password).Message.Should().Contain("no OML ENCRYPTED KEY");
        Error(Pem + "\n" + Pem, Password).Message.Should().Contain("more than one");
        Error(PemEncoding.WriteString("PRIVATE KEY", Body(Pem)), Password).Message.Should().Contain("PRIVATE KEY");
    }

    [Fact]
    public void Refuses_an_empty_password()
    {
        ((Action)(() => EncryptedKey.Write(Kind, WrappedKey.ContentKeyBytes, ""))).Should().Throw<ArgumentException>().WithMessage("*empty*");
        ((Action)(() => EncryptedKey.Read(Kind, Pem, ""))).Should().Throw<ArgumentException>().WithMessage("*empty*");
    }

    [Fact]
    public void Refuses_half_a_surrogate_pair_without_quoting_it()
    {
        string password = "secret" + (char)0xD83D;

        Action write = () => EncryptedKey.Write(Kind, WrappedKey.ContentKeyBytes, password);
        Action read = () => EncryptedKey.Read(Kind, Pem, password);

        write.Should().Throw<ArgumentException>().WithMessage("*valid Unicode*").Which.ToString().Should().NotContain("D83D");
        read.Should().Throw<ArgumentException>().WithMessage("*valid Unicode*").Which.ToString().Should().NotContain("D83D");
    }

    [Fact]
    public void No_two_texts_share_a_salt_or_a_nonce_and_the_default_is_600_000_rounds()
    {
        EncryptedKeyBody another = EncryptedKeyBody.Read(Body(EncryptedKey.Write(Kind, WrappedKey.ContentKeyBytes, Password)), Kind);

        another.Iterations.Should().Be(600_000);
        another.Salt.Should().NotEqual(Good.Salt);
        another.Nonce.Should().NotEqual(Good.Nonce);
        another.Ciphertext.Should().NotEqual(Good.Ciphertext);
    }

    private static CryptographicException Error(string pem, string password)
    {
        Action read = () => EncryptedKey.Read(Kind, pem, password);
        return read.Should().Throw<CryptographicException>().Which;
    }

    private static byte[] Kdf(int id, Int128 iterations, byte[] salt) => Cbor.Array(Cbor.Int(id), Cbor.Int(iterations), Cbor.Bytes(salt));

    private static byte[] With(int label, byte[] value)
    {
        (byte[] Key, byte[] Value)[] entries = Entries;
        entries[label - 1].Value = value;
        return Cbor.Map(entries);
    }

    private static byte[] Flipped(byte[] bytes, int index)
    {
        byte[] flipped = [.. bytes];
        flipped[index] ^= 1;
        return flipped;
    }

    private static string ToPem(byte[] body) => PemEncoding.WriteString(EncryptedKey.PemLabel, body);

    private static byte[] Body(string pem)
    {
        PemFields fields = PemEncoding.Find(pem);
        return Convert.FromBase64String(pem[fields.Base64Data]);
    }
}
