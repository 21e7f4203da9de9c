using System.Security.Cryptography;
using System.Text;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Permissions;

public sealed class IssuerKeySetTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static IssuerKeySet Three => new(
        new IssuerSetKey(TestKey.P256.PublicKey, notAfter: Start.AddDays(30)),
        new IssuerSetKey(TestKey.P384.PublicKey, notBefore: Start, notAfter: Start.AddDays(60)),
        new IssuerSetKey(TestKey.Rsa.PublicKey));

    [Fact]
    public void A_set_is_the_same_set_in_every_form()
    {
        IssuerKeySet set = Three;
        IssuerKeySet[] others =
        [
            IssuerKeySet.ImportCoseKeySet(set.ExportCoseKeySet()),
            IssuerKeySet.ImportJwkSet(Encoding.UTF8.GetBytes(set.ExportJwkSet())),
            IssuerKeySet.Import(set.ExportCoseKeySet()),
            IssuerKeySet.Import(Encoding.UTF8.GetBytes("\r\n\t " + set.ExportJwkSet())),
        ];

        others.Should().AllSatisfy(other =>
        {
            Describe(other).Should().Equal(Describe(set));
            other.Ignored.Should().BeEmpty();
            other.ExportCoseKeySet().Should().Equal(set.ExportCoseKeySet());
            other.ExportJwkSet().Should().Be(set.ExportJwkSet());
        });
    }

    [Fact]
    public void Pem_holds_keys_that_are_trusted_without_a_limit_in_time()
    {
        IssuerKeySet set = new(new IssuerSetKey(TestKey.P256.PublicKey), new IssuerSetKey(TestKey.Rsa.PublicKey));
        string pem = "the old key\n" + set.ExportPem() + "the end";
        Action limited = () => Three.ExportPem();

        Describe(IssuerKeySet.ImportFromPem(pem)).Should().Equal(Describe(set));
        Describe(IssuerKeySet.Import(Encoding.UTF8.GetBytes(pem))).Should().Equal(Describe(set));
        limited.Should().Throw<InvalidOperationException>().WithMessage("*which PEM cannot say*");
    }

    [Fact]
    public void Passes_over_keys_of_kinds_that_it_does_not_know_and_says_so()
    {
        using ECDsa p521 = ECDsa.Create(ECCurve.NamedCurves.nistP521);
        byte[] cose = Cbor.Array(
            Cbor.Map((Cbor.Int(1), Cbor.Int(1)), (Cbor.Int(-1), Cbor.Int(6)), (Cbor.Int(-2), Cbor.Bytes(new byte[32]))),
            TestKey.P256.PublicKey.ExportCoseKey());
        string jwks = $$$"""
            {"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"},{{{TestKey.P256.PublicKey.ExportJwk()}}},{"kty":"RSA","alg":"RS256","n":"AA","e":"AQAB"},
            {"kty":"EC","crv":"P-256","use":"enc"}],"note":"none of our business"}
            """;
        string pem = p521.ExportSubjectPublicKeyInfoPem() + "\n" + TestKey.P256.PublicKey.ExportSubjectPublicKeyInfoPem()
            + "\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----";

        OnlyP256(cose).Should().ContainSingle().Which.Should().StartWith("Key 1: ").And.Contain("OKP");
        OnlyP256(Encoding.UTF8.GetBytes(jwks)).Should().HaveCount(3).And.Contain(reason => reason.StartsWith("Key 3: ", StringComparison.Ordinal) && reason.Contains("'RS256'"));
        OnlyP256(Encoding.UTF8.GetBytes(pem)).Should().HaveCount(2).And.Contain(reason => reason.Contains("'CERTIFICATE'"));
        foreach (byte[] set in (byte[][])[cose, Encoding.UTF8.GetBytes(jwks), Encoding.UTF8.GetBytes(pem)])
        {
            Refused(set, "Key 1 of the set is refused: *", UnknownKeyHandling.Refuse);
        }

        static IEnumerable<string> OnlyP256(byte[] bytes)
        {
            IssuerKeySet set = IssuerKeySet.Import(bytes);
            set.Keys.Should().ContainSingle().Which.Key.Should().Be(TestKey.P256.PublicKey);
            return set.Ignored;
        }
    }

    [Fact]
    public void One_bad_key_refuses_the_whole_set()
    {
        string good = TestKey.P256.PublicKey.ExportJwk();
        string other = TestKey.P384.PublicKey.ExportJwk();
        byte[] cose = TestKey.P256.PublicKey.ExportCoseKey();

        Refused(Jwks(good, """{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"""), "Key 2 of the set is refused: *32 bytes each*");
        Refused(Jwks(good, """{"kty":"RSA","n":"_w","e":"AQAB"}"""), "Key 2 of the set is refused: *");
        Refused(Jwks(good, "{}"), "Key 2 of the set is refused: *lacks kty*");
        Refused(Jwks(good, "7"), "Key 2 of the set is refused: *no JSON object*");
        Refused(Jwks(good, "{\"d\":\"AA\"," + other[1..]), "Key 2 of the set is refused: That is a private key*");
        Refused(Jwks(good, """{"kty":"OKP","crv":"Ed25519","x":"AA","d":"AA"}"""), "*That is a private key*");
        Refused(Jwks(good, """{"kty":"oct","k":"AA"}"""), "*That is a private key*");
        Refused(Jwks(good, good), "Key 2 of the set is refused: The key urn:* is there twice.");
        Refused(Jwks(good.Replace(Kid(TestKey.P256), "a"), other.Replace(Kid(TestKey.P384), "a")), "*Another key has the same kid, 'a'*");
        Refused(Jwks(good[..^1] + ",\"nbf\":5,\"exp\":5}"), "*would cease to be trusted before*");
        Refused(Cbor.Array(cose, cose), "Key 2 of the set is refused: *twice*");
        Refused(Cbor.Array(cose, Cbor.Map((Cbor.Int(1), Cbor.Int(2)), (Cbor.Int(-4), Cbor.Bytes(1)))), "*That is a private key*");
        Refused(Cbor.Array(cose, Cbor.Int(1)), "Key 2 of the set is refused: *not deterministic*");
        Refused(Pem(TestKey.P256, TestKey.P256), "Key 2 of the set is refused: *twice*");
        Refused(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Pem(TestKey.P256)) + ((ECDsa)TestKey.P384.PlatformKey).ExportPkcs8PrivateKeyPem()), "*That is a private key*");
        Refused([.. Pem(TestKey.P256), .. "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n"u8], "*That is a private key*");
    }

    [Fact]
    public void A_set_that_is_cut_off_anywhere_is_refused()
    {
        IssuerKeySet set = new(new IssuerSetKey(TestKey.P256.PublicKey), new IssuerSetKey(TestKey.P384.PublicKey));
        byte[] cose = set.ExportCoseKeySet();
        byte[] jwks = Encoding.UTF8.GetBytes(set.ExportJwkSet());
        byte[] pem = Encoding.UTF8.GetBytes(set.ExportPem().TrimEnd());
        string first = TestKey.P256.PublicKey.ExportSubjectPublicKeyInfoPem();

        for (int length = 0; length < cose.Length; length++)
        {
            Refused(cose[..length], "*");
        }

        for (int length = 0; length < jwks.Length; length++)
        {
            Refused(jwks[..length], "*");
        }

        for (int length = first.Length + "\n-----BEGIN ".Length; length < pem.Length; length++)
        {
            Refused(pem[..length], "*cut off*");
        }

        Refused([.. cose, 0], "*followed by bytes*");
        Refused([.. jwks, (byte)'x'], "*JWK Set*");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"keys":{}}""")]
    [InlineData("""{"keys":[],"keys":[]}""")]
    [InlineData("""{"keys":[]}""")]
    [InlineData("""{"keys":[{"kty":"OKP"}]}""")]
    [InlineData("no key")]
    public void Refuses_sets_without_a_key_that_can_be_used(string set)
    {
        Refused(Encoding.UTF8.GetBytes(set), "*");
        Refused([0x80], "*no key that can be used*");
        Refused([], "*no key that can be used*");
    }

    [Fact]
    public void Refuses_more_keys_and_more_bytes_than_the_limits()
    {
        IssuerSetKey[] keys = [.. Enumerable.Range(1, 65).Select(scalar => new IssuerSetKey(Key(scalar)))];
        IssuerKeySet full = new(keys[..64]);
        Action many = () => _ = new IssuerKeySet(keys);

        IssuerKeySet.Import(full.ExportCoseKeySet()).Keys.Should().HaveCount(64);
        IssuerKeySet.Import(Encoding.UTF8.GetBytes(full.ExportJwkSet())).Keys.Should().HaveCount(64);
        IssuerKeySet.Import(Encoding.UTF8.GetBytes(full.ExportPem())).Keys.Should().HaveCount(64);
        many.Should().Throw<ArgumentException>().WithMessage("*1 to 64 keys*65*");
        Refused(Cbor.Array([.. keys.Select(key => key.Key.ExportCoseKey())]), "*more than 64 keys*");
        Refused(Jwks([.. keys.Select(key => key.Key.ExportJwk())]), "*more than 64 keys*");
        Refused(Jwks([.. Enumerable.Repeat("""{"kty":"OKP"}""", 65)]), "*more than 64 keys*");
        Refused(new byte[262145], "*262145 bytes long; the limit is 262144*");
        Refused(Enumerable.Repeat((byte)0x81, 262144).ToArray(), "*not deterministic*");
        Refused(Enumerable.Repeat((byte)'[', 262144).Prepend((byte)'{').Take(262144).ToArray(), "*JWK Set*");
        Refused([0x9B, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], "*");
        Refused([0x9A, 0x7F, 0xFF, 0xFF, 0xFF], "*not deterministic*");
    }

    [Fact]
    public void Refuses_to_make_sets_and_times_that_make_no_sense()
    {
        IssuerSetKey key = new(TestKey.P256.PublicKey);

        Throws(() => _ = new IssuerKeySet(), "*1 to 64*");
        Throws(() => _ = new IssuerKeySet(key, null!), "*null*");
        Throws(() => _ = new IssuerKeySet(key, key), "*twice*");
        Throws(() => _ = new IssuerSetKey(null!), "*key*");
        Throws(() => _ = new IssuerSetKey(key.Key, Start, Start), "*not after its start*");
        Throws(() => _ = new IssuerSetKey(key.Key, Start.AddTicks(1)), "*whole second*");
        Throws(() => _ = new IssuerSetKey(key.Key, notAfter: DateTimeOffset.UnixEpoch.AddSeconds(-1)), "*from 1970 on*");

        static void Throws(Action make, string message) => make.Should().Throw<ArgumentException>().WithMessage(message);
    }

    // They were computed with another implementation.
    [Fact]
    public void The_worked_example_of_the_specification_is_what_is_written_and_read()
    {
        IssuerKeySet set = new(new IssuerSetKey(TestKey.P256.PublicKey, Start, Start.AddYears(1)));
        string text = Sealing.Keys.KeySpecificationTests.Read();

        text.Should().Contain($"```json\n{set.ExportJwkSet()}\n```");
        text.Should().Contain(string.Join('\n', Convert.ToHexStringLower(set.ExportCoseKeySet()).Chunk(64).Select(line => new string(line))));
    }

    private static IEnumerable<(IssuerPublicKey, DateTimeOffset?, DateTimeOffset?)> Describe(IssuerKeySet set) =>
        set.Keys.Select(key => (key.Key, key.NotBefore, key.NotAfter));

    private static string Kid(TestKey key) => System.Buffers.Text.Base64Url.EncodeToString(key.PublicKey.KeyId.Span);

    private static byte[] Jwks(params string[] keys) => Encoding.UTF8.GetBytes($$"""{"keys":[{{string.Join(',', keys)}}]}""");

    private static byte[] Pem(params TestKey[] keys) =>
        Encoding.UTF8.GetBytes(string.Concat(keys.Select(key => key.PublicKey.ExportSubjectPublicKeyInfoPem() + "\n")));

    private static IssuerPublicKey Key(int scalar)
    {
        byte[] d = new byte[32];
        d[31] = (byte)scalar;
        using ECDsa key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = d });
        return IssuerPublicKey.ImportSubjectPublicKeyInfo(key.ExportSubjectPublicKeyInfo());
    }

    private static void Refused(byte[] set, string message, UnknownKeyHandling handling = UnknownKeyHandling.Ignore)
    {
        Action import = () => IssuerKeySet.Import(set, handling);

        import.Should().Throw<CryptographicException>().WithMessage(message);
    }
}
