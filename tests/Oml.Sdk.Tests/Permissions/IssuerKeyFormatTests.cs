using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Permissions;

public sealed class IssuerKeyFormatTests
{
    public static TheoryData<PermissionAlgorithm> Algorithms => [PermissionAlgorithm.ES256, PermissionAlgorithm.ES384, PermissionAlgorithm.PS256];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void One_key_is_the_same_key_in_every_form(PermissionAlgorithm algorithm)
    {
        IssuerPublicKey key = TestKey.Of(algorithm).PublicKey;

        IssuerPublicKey[] others =
        [
            IssuerPublicKey.ImportSubjectPublicKeyInfo(key.ExportSubjectPublicKeyInfo()),
            IssuerPublicKey.ImportFromPem(key.ExportSubjectPublicKeyInfoPem()),
            IssuerPublicKey.ImportCoseKey(key.ExportCoseKey()),
            IssuerPublicKey.ImportJwk(key.ExportJwk()),
            IssuerPublicKey.ImportJwk(Encoding.UTF8.GetBytes(key.ExportJwk())),
        ];

        foreach (IssuerPublicKey other in others)
        {
            other.Should().Be(key);
            other.Algorithm.Should().Be(algorithm);
            other.KeyId.ToArray().Should().Equal(key.KeyId.ToArray());
            other.ExportSubjectPublicKeyInfo().Should().Equal(key.ExportSubjectPublicKeyInfo());
            other.ExportCoseKey().Should().Equal(key.ExportCoseKey());
            other.ExportJwk().Should().Be(key.ExportJwk());
        }
    }

    [Fact]
    public void Coordinates_that_start_with_zeros_keep_their_length()
    {
        // The public points of small scalars, until both coordinates of some started with a zero byte.
        bool x = false, y = false;
        for (int d = 1; !(x && y); d++)
        {
            byte[] scalar = new byte[32];
            BitConverter.TryWriteBytes(scalar, d);
            using ECDsa key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = scalar });
            ECPoint point = key.ExportParameters(false).Q;
            if (point.X![0] == 0 || point.Y![0] == 0)
            {
                x |= point.X[0] == 0;
                y |= point.Y![0] == 0;
                IssuerPublicKey expected = IssuerPublicKey.ImportSubjectPublicKeyInfo(key.ExportSubjectPublicKeyInfo());
                IssuerPublicKey.ImportCoseKey(expected.ExportCoseKey()).Should().Be(expected);
                IssuerPublicKey.ImportJwk(expected.ExportJwk()).Should().Be(expected);
            }
        }
    }

    [Fact]
    public void A_cose_key_is_written_with_the_kid_of_tokens_and_its_algorithm()
    {
        IssuerPublicKey key = TestKey.P256.PublicKey;
        ECPoint point = ((ECDsa)TestKey.P256.PlatformKey).ExportParameters(false).Q;

        key.ExportCoseKey().Should().Equal(Cbor.Map(
            (Cbor.Int(1), Cbor.Int(2)),
            (Cbor.Int(2), Cbor.Bytes(key.KeyId.ToArray())),
            (Cbor.Int(3), Cbor.Int(-7)),
            (Cbor.Int(-1), Cbor.Int(1)),
            (Cbor.Int(-2), Cbor.Bytes(point.X!)),
            (Cbor.Int(-3), Cbor.Bytes(point.Y!))));
    }

    [Fact]
    public void The_thumbprint_is_the_hash_of_the_required_members_alone()
    {
        ECPoint point = ((ECDsa)TestKey.P384.PlatformKey).ExportParameters(false).Q;
        byte[] required = Cbor.Map(
            (Cbor.Int(1), Cbor.Int(2)), (Cbor.Int(-1), Cbor.Int(2)), (Cbor.Int(-2), Cbor.Bytes(point.X!)), (Cbor.Int(-3), Cbor.Bytes(point.Y!)));

        IssuerPublicKey key = IssuerPublicKey.ImportCoseKey(required);

        key.Should().Be(TestKey.P384.PublicKey);
        key.KeyId.ToArray().Should().Equal(SHA256.HashData(required));
    }

    [Fact]
    public void A_jwk_is_written_with_the_kid_of_tokens_its_algorithm_and_its_use()
    {
        IssuerPublicKey key = TestKey.Rsa.PublicKey;
        RSAParameters rsa = ((RSA)TestKey.Rsa.PlatformKey).ExportParameters(false);

        key.ExportJwk().Should().Be(
            $$"""{"kty":"RSA","kid":"{{Base64Url.EncodeToString(key.KeyId.Span)}}","use":"sig","alg":"PS256","n":"{{Base64Url.EncodeToString(rsa.Modulus)}}","e":"AQAB"}""");
    }

    [Theory]
    [InlineData("x5c", """["MIIB"]""")]
    [InlineData("https://publisher.example/note", "\"text\"")]
    [InlineData("key_ops", """["verify"]""")]
    [InlineData("key_ops", """["encrypt","verify"]""")]
    [InlineData("kid", "\"any name\"")]
    public void Reads_jwks_with_members_that_do_not_change_the_key(string name, string value)
    {
        IssuerPublicKey.ImportJwk(Jwk(TestKey.P256, name, value)).Should().Be(TestKey.P256.PublicKey);
    }

    [Theory]
    [InlineData("alg", "\"ES384\"", "*'ES384'*ES256*")]
    [InlineData("alg", "\"none\"", "*'none'*")]
    [InlineData("alg", "-7", "*alg that is no text*")]
    [InlineData("use", "\"enc\"", "*not for signatures*")]
    [InlineData("use", "null", "*use that is no text*")]
    [InlineData("key_ops", """["sign"]""", "*not for verifying*")]
    [InlineData("key_ops", "[]", "*key_ops*")]
    [InlineData("key_ops", "\"verify\"", "*key_ops*")]
    [InlineData("key_ops", """["verify","verify"]""", "*key_ops*")]
    [InlineData("key_ops", """["verify",1]""", "*key_ops*")]
    [InlineData("kty", "\"ec\"", "*type 'ec'*")]
    [InlineData("kty", "\"RSA\"", "*ES256*not for PS256*")]
    [InlineData("kty", "\"OKP\"", "*type 'OKP'*")]
    [InlineData("kty", "null", "*kty that is no text*")]
    [InlineData("crv", "\"P-521\"", "*neither P-256 nor P-384*")]
    [InlineData("crv", "\"P-384\"", "*'ES256'*ES384*")]
    [InlineData("kid", "7", "*kid that is no text*")]
    [InlineData("kid", "\"\\ud800\"", "*kid that is no valid Unicode*")]
    [InlineData("exp", "2000000000", "*for how long it is trusted*")]
    [InlineData("exp", "1.5", "*no whole number of seconds*")]
    [InlineData("nbf", "-1", "*not 1970 to 9999*")]
    [InlineData("x", "\"AA\"", "*32 bytes each; got 1 and 32*")]
    [InlineData("x", "\"AB\"", "*x that is not base64url*")]
    [InlineData("x", "\"AA==\"", "*x that is not base64url*")]
    [InlineData("x", "\"A A\"", "*x that is not base64url*")]
    [InlineData("x", "\"+/+/\"", "*x that is not base64url*")]
    [InlineData("x", "[1,2]", "*x that is no text*")]
    public void Refuses_jwks_with_a_member_that_does_not_fit(string name, string value, string message)
    {
        Action import = () => IssuerPublicKey.ImportJwk(Jwk(TestKey.P256, name, value));

        import.Should().Throw<CryptographicException>().WithMessage(message);
    }

    [Theory]
    [InlineData("kty")]
    [InlineData("crv")]
    [InlineData("x")]
    [InlineData("y")]
    public void Refuses_jwks_that_lack_a_member(string name)
    {
        JsonObject jwk = JsonNode.Parse(TestKey.P256.PublicKey.ExportJwk())!.AsObject();
        jwk.Remove(name);

        Action import = () => IssuerPublicKey.ImportJwk(jwk.ToJsonString());

        import.Should().Throw<CryptographicException>().WithMessage($"*lacks {name}*");
    }

    [Theory]
    [InlineData("\"d\":\"AA\"")]
    [InlineData("\"\\u0064\":\"AA\"")]
    [InlineData("\"d\":null")]
    [InlineData("\"priv\":\"AA\"")]
    [InlineData("\"k\":\"AA\"")]
    [InlineData("\"qi\":\"AA\"")]
    public void Refuses_private_jwks_with_words_that_say_so(string member)
    {
        foreach (TestKey key in (TestKey[])[TestKey.P256, TestKey.Rsa])
        {
            string json = key.PublicKey.ExportJwk();

            Action import = () => IssuerPublicKey.ImportJwk($"{{{member},{json[1..]}");

            import.Should().Throw<CryptographicException>().WithMessage("That is a private key*");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{} // a comment")]
    [InlineData("""{"kty":"EC",}""")]
    [InlineData("""{"kty":"EC","kty":"EC"}""")]
    [InlineData("""{"kty":"EC","\u006bty":"EC"}""")]
    [InlineData("""{"kty":"EC","x5t":{"a":1,"a":2}}""")]
    [InlineData("\uFEFF{}")]
    public void Refuses_text_that_is_no_json_object_without_duplicates(string json)
    {
        Action import = () => IssuerPublicKey.ImportJwk(json);

        import.Should().Throw<CryptographicException>().WithMessage("The JWK*");
    }

    [Fact]
    public void Refuses_keys_that_are_long_or_nest_deep_without_quoting_them()
    {
        Action longJwk = () => IssuerPublicKey.ImportJwk(new string(' ', 8193));
        Action longCose = () => IssuerPublicKey.ImportCoseKey(new byte[8193]);
        Action deepJwk = () => IssuerPublicKey.ImportJwk(Jwk(TestKey.P256, "a", new string('[', 40) + new string(']', 40)));
        Action broken = () => IssuerPublicKey.ImportJwk("""{"d":"secret-scalar""");

        longJwk.Should().Throw<CryptographicException>().WithMessage("*8193 bytes long; the limit is 8192*");
        longCose.Should().Throw<CryptographicException>().WithMessage("*8193 bytes long; the limit is 8192*");
        deepJwk.Should().Throw<CryptographicException>().WithMessage("*deeper than 16*");
        broken.Should().Throw<CryptographicException>().Which.ToString().Should().NotContain("secret-scalar");
    }

    [Fact]
    public void Refuses_points_off_the_curve_and_weak_rsa_keys_in_every_form()
    {
        ECPoint point = ((ECDsa)TestKey.P256.PlatformKey).ExportParameters(false).Q;
        point.Y![31] ^= 1;
        using RSA small = RSA.Create(1024);
        byte[] modulus = small.ExportParameters(false).Modulus!;
        byte[] good = ((RSA)TestKey.Rsa.PlatformKey).ExportParameters(false).Modulus!;

        Action[] imports =
        [
            () => IssuerPublicKey.ImportCoseKey(Ec2(2, 1, point.X!, point.Y)),
            () => IssuerPublicKey.ImportJwk(EcJwk(point.X!, point.Y)),
            () => IssuerPublicKey.ImportCoseKey(Rsa(modulus, [1, 0, 1])),
            () => IssuerPublicKey.ImportJwk(RsaJwk(modulus, [1, 0, 1])),
            () => IssuerPublicKey.ImportCoseKey(Rsa(good, [3])),
            () => IssuerPublicKey.ImportJwk(RsaJwk(good, [3])),
            () => IssuerPublicKey.ImportCoseKey(Rsa([0, .. good], [1, 0, 1])),
            () => IssuerPublicKey.ImportJwk(RsaJwk(good, [0, 1, 0, 1])),
            () => IssuerPublicKey.ImportJwk(RsaJwk(new byte[1025], [1, 0, 1])),
            () => IssuerPublicKey.ImportJwk(RsaJwk([], [1, 0, 1])),
            () => IssuerPublicKey.ImportJwk(RsaJwk(good, [])),
            () => IssuerPublicKey.ImportJwk(EcJwk(new byte[32], new byte[32])),
        ];

        imports.Should().AllSatisfy(import => import.Should().Throw<CryptographicException>());
    }

    [Fact]
    public void Refuses_cose_keys_with_members_that_are_not_known_or_do_not_fit()
    {
        ECPoint point = ((ECDsa)TestKey.P256.PlatformKey).ExportParameters(false).Q;
        (byte[], byte[])[] key =
            [(Cbor.Int(1), Cbor.Int(2)), (Cbor.Int(-1), Cbor.Int(1)), (Cbor.Int(-2), Cbor.Bytes(point.X!)), (Cbor.Int(-3), Cbor.Bytes(point.Y!))];

        Refused(With((Cbor.Int(5), Cbor.Bytes(1))), "*member that is not known here (5)*");
        Refused([.. Cbor.Map([.. key, (Cbor.Text("a"), Cbor.Int(1))])], "*member that is not known here (text)*");
        Refused(With((Cbor.Int(3), Cbor.Int(-35))), "*another algorithm than ES256*");
        Refused(With((Cbor.Int(3), Cbor.Text("ES256"))), "*another algorithm than ES256*");
        Refused(With((Cbor.Int(4), Cbor.Array(Cbor.Int(1)))), "*not for verifying*");
        Refused(With((Cbor.Int(4), Cbor.Array())), "*key_ops*");
        Refused(With((Cbor.Int(4), Cbor.Array(Cbor.Int(2), Cbor.Int(2)))), "*same operation twice*");
        Refused(With((Cbor.Int(4), Cbor.Int(2))), "*key_ops of another type*");
        Refused(With((Cbor.Int(2), Cbor.Text("kid"))), "*kid of another type*");
        Refused(With((Cbor.Int(2), Cbor.Bytes(new byte[257]))), "*kid of 257 bytes*");
        Refused(Cbor.Map([.. key, (Cbor.Int(-65538), Cbor.Int(2_000_000_000))]), "*for how long it is trusted*");
        Refused(Cbor.Map(key[1..]), "*lacks kty*");
        Refused(Cbor.Map(key[..3]), "*lacks y*");
        Refused(Cbor.Map([.. key[..3], (Cbor.Int(-3), [0xF5])]), "*y, an uncompressed one, of another type*");
        Refused(Cbor.Map([.. key, key[3]]), "*not deterministic*");
        Refused(Cbor.Map([key[1], key[0], key[2], key[3]]), "*not deterministic*");
        Refused([0xBF, .. Cbor.Map(key)[1..], 0xFF], "*not deterministic*");
        Refused([.. Cbor.Map(key), 0], "*followed by bytes*");
        Refused(Cbor.Map(key)[..^1], "*not deterministic*");
        Refused([], "*not deterministic*");
        Refused([0xB9, 0xFF, 0xFF], "*COSE_Key*");
        Refused(Ec2(2, 3, new byte[66], new byte[66]), "*neither P-256 nor P-384*");
        Refused(Ec2(2, 2, point.X!, point.Y!), "*48 bytes each*");
        Refused(Cbor.Map((Cbor.Int(1), Cbor.Int(1)), (Cbor.Int(-1), Cbor.Int(6)), (Cbor.Int(-2), Cbor.Bytes(new byte[32]))), "*OKP*");
        Refused(Cbor.Map((Cbor.Int(1), Cbor.Int(99))), "*type that is not known*");
        Refused(Cbor.Map((Cbor.Int(1), Cbor.Text("EC2"))), "*type that is not known*");
        IssuerPublicKey.ImportCoseKey(With((Cbor.Int(4), Cbor.Array(Cbor.Int(1), Cbor.Int(2))))).Should().Be(TestKey.P256.PublicKey);

        byte[] With((byte[], byte[]) member) => Cbor.Map([key[0], member, .. key[1..]]);
    }

    [Fact]
    public void Refuses_private_cose_keys_with_words_that_say_so()
    {
        byte[] thirtyTwo = new byte[32];
        (byte[], byte[])[] modulus = [(Cbor.Int(1), Cbor.Int(3)), (Cbor.Int(-1), Cbor.Bytes(thirtyTwo)), (Cbor.Int(-2), Cbor.Bytes(1, 0, 1))];

        Private((Cbor.Int(1), Cbor.Int(2)), (Cbor.Int(-1), Cbor.Int(1)), (Cbor.Int(-4), Cbor.Bytes(thirtyTwo)));
        Private((Cbor.Int(1), Cbor.Int(1)), (Cbor.Int(-1), Cbor.Int(6)), (Cbor.Int(-4), Cbor.Bytes(thirtyTwo)));
        Private([.. modulus, (Cbor.Int(-3), Cbor.Bytes(thirtyTwo))]);
        Private([.. modulus, (Cbor.Int(-12), Cbor.Bytes(thirtyTwo))]);
        Private((Cbor.Int(1), Cbor.Int(4)), (Cbor.Int(-1), Cbor.Bytes(thirtyTwo)));
        Private((Cbor.Int(1), Cbor.Int(7)), (Cbor.Int(3), Cbor.Int(-48)), (Cbor.Int(-2), Cbor.Bytes(thirtyTwo)));

        static void Private(params (byte[], byte[])[] members) => Refused(Cbor.Map(members), "That is a private key*");
    }

    private static void Refused(byte[] coseKey, string message)
    {
        Action import = () => IssuerPublicKey.ImportCoseKey(coseKey);

        import.Should().Throw<CryptographicException>().WithMessage(message);
    }

    private static byte[] Ec2(int type, int curve, byte[] x, byte[] y) => Cbor.Map(
        (Cbor.Int(1), Cbor.Int(type)), (Cbor.Int(-1), Cbor.Int(curve)), (Cbor.Int(-2), Cbor.Bytes(x)), (Cbor.Int(-3), Cbor.Bytes(y)));

    private static byte[] Rsa(byte[] modulus, byte[] exponent) =>
        Cbor.Map((Cbor.Int(1), Cbor.Int(3)), (Cbor.Int(-1), Cbor.Bytes(modulus)), (Cbor.Int(-2), Cbor.Bytes(exponent)));

    private static string EcJwk(byte[] x, byte[] y) =>
        $$"""{"kty":"EC","crv":"P-256","x":"{{Base64Url.EncodeToString(x)}}","y":"{{Base64Url.EncodeToString(y)}}"}""";

    private static string RsaJwk(byte[] modulus, byte[] exponent) =>
        $$"""{"kty":"RSA","n":"{{Base64Url.EncodeToString(modulus)}}","e":"{{Base64Url.EncodeToString(exponent)}}"}""";

    private static string Jwk(TestKey key, string name, string value)
    {
        // Put together as text: the platform's own objects would not hold half of a surrogate pair.
        string[] members = key.PublicKey.ExportJwk()[1..^1].Split(',');
        return $"{{{string.Join(',', members.Where(member => !member.StartsWith($"\"{name}\":", StringComparison.Ordinal)))},\"{name}\":{value}}}";
    }
}
