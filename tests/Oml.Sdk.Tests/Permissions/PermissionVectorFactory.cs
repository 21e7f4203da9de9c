using System.Numerics;
using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Sealing.Keys;

namespace Oml.Sdk.Tests.Permissions;

/// <summary>Makes the vectors. The claims of those that hold are written down here too, not read back from the verifier.</summary>
internal static class PermissionVectorFactory
{
    private const DenialReason Malformed = DenialReason.Malformed;
    private const DenialReason Unsupported = DenialReason.UnsupportedRestriction;
    private const long Now = TokenForge.IssuedAt + 600;
    private static readonly TestKey Key = TestKey.P256;
    private static readonly TokenForge Minimal = Scoped(Key);

    public static PermissionVectorFile Create()
    {
        List<PermissionVector> vectors = [.. Permitted(), .. Envelope(), .. Trust(), .. Claims(), .. Checks(), .. Restrictions(), .. DelegationVectors.Create(Minimal)];
        return new(
            "Test vectors of docs/spec/permission.md. Every key here is public knowledge: trust none of them.",
            TokenForge.Issuer,
            new() { ["ES256"] = Hex(TestKey.P256.PublicKey), ["ES384"] = Hex(TestKey.P384.PublicKey), ["PS256"] = Hex(TestKey.Rsa.PublicKey) },
            TokenForge.Model.ToString(),
            TokenForge.Audience,
            TokenForge.Scope,
            DateTimeOffset.FromUnixTimeSeconds(Now).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
            ClockSkewSeconds: 60,
            MaxLifetimeDays: 400,
            MaxTokenBytes: 8192,
            vectors);
    }

    /// <summary>The same signature, mirrored: (r, n − s).</summary>
    public static byte[] Mirror(byte[] token)
    {
        BigInteger s = DeterministicSigner.FromBytes(token.AsSpan(token.Length - 32));
        return [.. token[..^32], .. DeterministicSigner.ToBytes(TestKey.P256Order - s, 32)];
    }

    private static IEnumerable<PermissionVector> Permitted()
    {
        PermissionVectorClaims claims = new(
            TokenForge.Issuer, "licensee-7", null, TokenForge.ExpiresAt, null, TokenForge.IssuedAt, Convert.ToHexStringLower(TokenForge.Nonce),
            TokenForge.Model.ToString(), [TokenForge.Scope], null, MeteringUnit.Call, PermissionUse.SingleSession, 7);
        yield return Good("es256-minimal", "The required claims and one scope.", Minimal.Build(Key), claims);
        yield return Good("es384-minimal", "The same with P-384.", Scoped(TestKey.P384).Build(TestKey.P384), claims);
        yield return Good("ps256-minimal", "The same with RSA, 2048 bits.", Scoped(TestKey.Rsa).Build(TestKey.Rsa), claims);
        yield return Good("es256-mirrored-s", "The first one with (r, n - s): other bytes, the same permission. Replay is (iss, cti).", Mirror(Minimal.Build(Key)), claims);

        TokenForge all = Minimal.WithClaim(3, Cbor.Text(TokenForge.Audience)).WithClaim(5, Cbor.Int(TokenForge.IssuedAt + 300))
            .WithClaim(-65538, Texts("export", TokenForge.Scope, "métrique")).WithClaim(-65539, Cbor.Int(1000))
            .WithClaim(-65540, Cbor.Int(2)).WithClaim(-65541, Cbor.Int(2));
        yield return Good("es256-all-claims", "Every claim that this version enforces.", all.Build(Key), claims with
        {
            Aud = TokenForge.Audience,
            Nbf = TokenForge.IssuedAt + 300,
            Scopes = ["export", TokenForge.Scope, "métrique"],
            Quota = 1000,
            Unit = MeteringUnit.Row,
            Use = PermissionUse.Resumable,
        });

        yield return Good(
            "es256-wrapped-content-key",
            "A content key of 00 to 1f for the licensee key of RFC 9180 A.3.1: docs/spec/keys.md §5.",
            Minimal.WithClaim(-65547, Cbor.Bytes(Convert.FromHexString(WrappedKey.Hex))).Build(Key),
            claims with { WrappedContentKey = WrappedKey.Hex });

        yield return Good(
            "restricted-input-digest",
            "Good for one input: the worked example of docs/spec/permission.md §5.",
            Minimal.WithClaim(-65545, Cbor.Bytes(Convert.FromHexString(InputDigestTests.WorkedExample))).Build(Key),
            claims with { InputDigest = InputDigestTests.WorkedExample });

        yield return Good(
            "restricted-output-policy", "The two largest values of a row.", Policy((1, Cbor.Int(2))), claims with { OutputPolicy = "the largest 2" });
        yield return Good("features", "Two features.", Minimal.WithClaim(-65550, Texts("export", "large-images")).Build(Key), claims with { Features = ["export", "large-images"] });
        yield return Good("trial", "For trying out.", Minimal.WithClaim(-65554, [0xF5]).Build(Key), claims with { Trial = true });
        yield return Good("in-grace", "Ended 99 s ago, with a grace of 40 s and a skew of 60 s.", Minimal.WithClaim(4, Cbor.Int(Now - 99)).WithClaim(-65555, Cbor.Int(40)).Build(Key), claims with { Exp = Now - 99, Grace = 40 });
        yield return Good("output-policy-top-k-decimals", "The largest value, with 7 decimals.", Policy((1, Cbor.Int(1)), (3, Cbor.Int(7))), claims with { OutputPolicy = "the largest 1, 7 decimals" });
        yield return Good("output-policy-label", "Only where the largest value was.", Policy((2, Cbor.Int(1))), claims with { OutputPolicy = "the label" });
        yield return Good("output-policy-decimals", "Every value, without decimals.", Policy((3, Cbor.Int(0))), claims with { OutputPolicy = "every value, 0 decimals" });

        byte[] anchor = Cbor.Bytes(Convert.FromHexString(PermitChainTests.WorkedAnchor));
        yield return Good(
            "restricted-permit-chain",
            "1000 units: the worked example of docs/spec/permission.md §5.",
            Chain(anchor, Cbor.Int(1000)),
            claims with { ChainAnchor = PermitChainTests.WorkedAnchor, ChainLength = 1000 });
        yield return Good("permit-chain-longest", "2^24 units.", Chain(anchor, Cbor.Int(1 << 24)), claims with { ChainAnchor = PermitChainTests.WorkedAnchor, ChainLength = 1 << 24 });

        yield return Good("restricted-rate", "10 units a minute.", Rate(10, 60), claims with { Rate = "10 units in 60 s" });
        yield return Good("rate-at-the-limits", "2^53 units in 366 days.", Rate(1L << 53, 31622400), claims with { Rate = "9007199254740992 units in 31622400 s" });

        yield return Good(
            "cnf-p256", "For the holder of a P-256 key, here the one of the trusted ES256 key; the verifier hands it on.",
            Confirmation(Point(X, Y)), claims with { ConfirmationKey = Convert.ToHexStringLower(TestKey.P256.PublicKey.KeyId.Span) });

        string longest = new('l', 256);
        TokenForge limits = Minimal.WithClaim(2, Cbor.Text(longest)).WithClaim(-65539, Cbor.Int(1L << 53)).WithClaim(-65542, Cbor.Int(long.MaxValue))
            .WithClaim(4, Cbor.Int(TokenForge.IssuedAt + (400 * 86400)));
        yield return Good("es256-at-the-limits", "The longest sub, lifetime, quota and fingerprint id.", limits.Build(Key), claims with
        {
            Sub = longest,
            Quota = 1L << 53,
            FingerprintId = long.MaxValue,
            Exp = TokenForge.IssuedAt + (400 * 86400),
        });
        yield return Good("es256-iat-within-skew", "Issued 60 s ahead of the verifier's clock.", Minimal.WithClaim(6, Cbor.Int(Now + 60)).Build(Key), claims with { Iat = Now + 60 });
        yield return Good("es256-exp-within-skew", "Ended 59 s ago.", Minimal.WithClaim(4, Cbor.Int(Now - 59)).Build(Key), claims with { Exp = Now - 59 });
    }

    private static IEnumerable<PermissionVector> Envelope()
    {
        byte[] good = Minimal.Build(Key);
        byte[] kid = Cbor.Bytes(Key.PublicKey.KeyId.ToArray());
        yield return Bad("too-large", DenialReason.TokenTooLarge, "8193 bytes.", [.. good, .. new byte[8193 - good.Length]]);
        yield return Bad("empty", Malformed, "No bytes.", []);
        yield return Bad("tag-missing", Malformed, "Untagged COSE_Sign1.", good[1..]);
        yield return Bad("tag-long-form", Malformed, "Tag 18 in two bytes.", [0xD8, 18, .. good[1..]]);
        yield return Bad("tag-of-mac0", Malformed, "Tag 17.", [0xD1, .. good[1..]]);
        yield return Bad("tag-twice", Malformed, "Tag 18 around the token.", [0xD2, .. good]);
        yield return Bad("tag-of-cwt", Malformed, "Tag 61 around the token.", [0xD8, 61, .. good]);
        yield return Bad("array-of-three", Malformed, "No signature.", (Minimal with { Start = [0xD2, 0x83], SignatureItem = [] }).Build(Key));
        yield return Bad("array-of-five", Malformed, "One item more.", [0xD2, 0x85, .. good[2..], 0xF6]);
        yield return Bad("array-indefinite", Malformed, "Indefinite length.", [0xD2, 0x9F, .. good[2..], 0xFF]);
        yield return Bad("array-long-form", Malformed, "The length 4 in two bytes.", [0xD2, 0x98, 4, .. good[2..]]);
        yield return Bad("array-of-two-billion", Malformed, "A length that the token cannot have.", [0xD2, 0x9A, 0x7F, 0xFF, 0xFF, 0xFF, .. good[2..]]);
        yield return Bad("truncated", Malformed, "One byte less.", good[..^1]);
        yield return Bad("trailing-byte", Malformed, "One byte more.", [.. good, 0]);
        yield return Bad("two-tokens", Malformed, "The token twice.", [.. good, .. good]);
        yield return Bad("depth-bomb", Malformed, "Four thousand nested arrays.", [0xD2, .. Enumerable.Repeat((byte)0x81, 4000), 0xF6]);
        yield return Bad("length-bomb", Malformed, "A byte string of 2^63 bytes.", [0xD2, 0x84, 0x5B, 0x80, .. new byte[7]]);
        yield return Bad("protected-empty", Malformed, "No protected headers.", (Minimal with { ProtectedHeaders = [] }).Build(Key));
        yield return Bad("protected-unsorted", Malformed, "kid before alg.", (Minimal with { IsSorted = false, Headers = [Minimal.Headers[1], Minimal.Headers[0], Minimal.Headers[2]] }).Build(Key));
        yield return Bad("protected-duplicate", Malformed, "alg twice.", (Minimal with { IsSorted = false, Headers = [Minimal.Headers[0], .. Minimal.Headers] }).Build(Key));
        yield return Bad("protected-long-integer", Malformed, "The label 1 in two bytes.", Minimal.WithoutHeader(1).WithHeader([0x18, 1], Cbor.Int(-7)).Build(Key));
        yield return Bad("protected-label-alias", Malformed, "The label -2^64 + 1, which is 1 in 64 bits.", Minimal.WithoutHeader(1).WithHeader(-(Int128)ulong.MaxValue, Cbor.Int(-7)).Build(Key));
        yield return Bad("protected-trailing-byte", Malformed, "A byte after the map.", (Minimal with { ProtectedHeaders = [.. Cbor.Map(Minimal.Headers), 0] }).Build(Key));
        yield return Bad("protected-embedded-certificate", Malformed, "x5chain (33): a key in the token.", Minimal.WithHeader(33, Cbor.Bytes(1, 2, 3)).Build(Key));
        yield return Bad("protected-embedded-key", Malformed, "COSE_Key under the label -1: a key in the token.", Minimal.WithHeader(-1, Cbor.Map((Cbor.Int(1), Cbor.Int(2)))).Build(Key));
        yield return Bad("alg-missing", Malformed, "No alg.", Minimal.WithoutHeader(1).Build(Key));
        yield return Bad("alg-unprotected", Malformed, "alg only among the unprotected headers.", (Minimal.WithoutHeader(1) with { Unprotected = Cbor.Map((Cbor.Int(1), Cbor.Int(-7))) }).Build(Key));
        yield return Bad("alg-text", Malformed, "The text ES256.", Minimal.WithHeader(1, Cbor.Text("ES256")).Build(Key));
        yield return Bad("kid-missing", Malformed, "No kid.", Minimal.WithoutHeader(4).Build(Key));
        yield return Bad("kid-short", Malformed, "31 bytes of kid.", Minimal.WithHeader(4, Cbor.Bytes(Key.PublicKey.KeyId.ToArray()[..31])).Build(Key));
        yield return Bad("unprotected-kid", Malformed, "kid once more among the unprotected headers.", (Minimal with { Unprotected = Cbor.Map((Cbor.Int(4), kid)) }).Build(Key));
        yield return Bad("unprotected-unknown", Malformed, "Anything among the unprotected headers.", (Minimal with { Unprotected = Cbor.Map((Cbor.Int(99), Cbor.Int(1))) }).Build(Key));
        yield return Bad("payload-detached", Malformed, "null for the payload.", (Minimal with { PayloadItem = Cbor.Null }).Build(Key));
        yield return Bad("payload-text", Malformed, "A text for the payload.", (Minimal with { PayloadItem = Cbor.Text("x") }).Build(Key));
        yield return Bad("payload-indefinite", Malformed, "The payload in chunks.", (Minimal with { PayloadItem = [0x5F, .. Cbor.Bytes(Cbor.Map(Minimal.Claims)), 0xFF] }).Build(Key));
        yield return Bad("signature-null", Malformed, "null for the signature.", (Minimal with { SignatureItem = Cbor.Null }).Build(Key));
        yield return Bad("signature-empty", Malformed, "No bytes of signature.", (Minimal with { SignatureItem = Cbor.Bytes() }).Build(Key));
        yield return Bad("signature-short", Malformed, "63 bytes.", (Minimal with { SignatureItem = Cbor.Bytes(new byte[63]) }).Build(Key));
        yield return Bad("signature-long", Malformed, "65 bytes: a zero in front.", (Minimal with { SignatureItem = Cbor.Bytes([0, .. good[^64..]]) }).Build(Key));
        yield return Bad("typ-missing", DenialReason.WrongType, "No typ.", Minimal.WithoutHeader(16).Build(Key));
        yield return Bad("typ-other", DenialReason.WrongType, "application/cwt.", Minimal.WithHeader(16, Cbor.Text("application/cwt")).Build(Key));
        yield return Bad("typ-upper-case", DenialReason.WrongType, "The right type in other letters.", Minimal.WithHeader(16, Cbor.Text("application/OML-permission+cwt")).Build(Key));
        yield return Bad("typ-number", DenialReason.WrongType, "A CoAP content format.", Minimal.WithHeader(16, Cbor.Int(61)).Build(Key));
        yield return Bad("typ-bytes", Malformed, "typ is a byte string.", Minimal.WithHeader(16, Cbor.Bytes(1)).Build(Key));
        yield return Bad("crit-lists-known", DenialReason.UnknownCriticalHeader, "crit lists typ.", Minimal.WithHeader(2, Cbor.Array(Cbor.Int(16))).Build(Key));
        yield return Bad("crit-lists-unknown", DenialReason.UnknownCriticalHeader, "crit lists a text.", Minimal.WithHeader(2, Cbor.Array(Cbor.Text("must-understand"))).Build(Key));
        yield return Bad("crit-empty", DenialReason.UnknownCriticalHeader, "crit lists nothing.", Minimal.WithHeader(2, Cbor.Array()).Build(Key));
        yield return Bad("crit-number", Malformed, "crit is no array.", Minimal.WithHeader(2, Cbor.Int(1)).Build(Key));
    }

    private static IEnumerable<PermissionVector> Trust()
    {
        byte[] good = Minimal.Build(Key);
        byte[] other = Minimal.WithClaim(2, Cbor.Text("licensee-8")).Build(Key);
        yield return Bad("key-untrusted", DenialReason.UnknownIssuer, "A key that nobody trusts, and its kid.", Scoped(TestKey.Stranger).Build(TestKey.Stranger));
        yield return Bad("iss-of-another", DenialReason.UnknownIssuer, "Well signed, but iss is not the name of the key.", Minimal.WithClaim(1, Cbor.Text("https://somebody.example")).Build(Key));
        yield return Bad("alg-none", DenialReason.WrongAlgorithm, "alg 0, and the signature is still good.", Minimal.WithHeader(1, Cbor.Int(0)).Build(Key));
        yield return Bad("alg-hs256", DenialReason.WrongAlgorithm, "alg 5: a MAC keyed with the public key.", Minimal.WithHeader(1, Cbor.Int(5)).Build(data => [.. HmacWithPublicKey(data), .. new byte[32]]));
        yield return Bad("alg-of-another-curve", DenialReason.WrongAlgorithm, "ES384 with the P-256 key.", Minimal.WithHeader(1, Cbor.Int(-35)).Build(Key));
        yield return Bad("alg-of-rsa", DenialReason.WrongAlgorithm, "PS256 with the P-256 key.", Minimal.WithHeader(1, Cbor.Int(-37)).Build(Key));
        yield return Bad("curve-not-pinned", DenialReason.WrongAlgorithm, "ES256 with the P-384 key, which RFC 9053 does not forbid.", Scoped(TestKey.P384).WithHeader(1, Cbor.Int(-7)).Build(SignP384WithSha256));
        yield return Bad("signature-flipped", DenialReason.BadSignature, "The last bit of the signature.", [.. good[..^1], (byte)(good[^1] ^ 1)]);
        yield return Bad("signature-zero", DenialReason.BadSignature, "r = s = 0.", (Minimal with { SignatureItem = Cbor.Bytes(new byte[64]) }).Build(Key));
        yield return Bad("signature-of-another-token", DenialReason.BadSignature, "The signature of another permission.", [.. good[..^64], .. other[^64..]]);
        yield return Bad("kid-collision", DenialReason.BadSignature, "The kid of the trusted key, the signature of another.", Minimal.Build(TestKey.Stranger));
        yield return Bad("kid-of-another-key", DenialReason.WrongAlgorithm, "The kid of the P-384 key over an ES256 token.", Minimal.WithHeader(4, Cbor.Bytes(TestKey.P384.PublicKey.KeyId.ToArray())).Build(Key));
        yield return Bad("claims-malformed-unsigned", DenialReason.BadSignature, "Claims are not read before the signature is good.", (Minimal with { Payload = [0xFF], SignatureItem = Cbor.Bytes(new byte[64]) }).Build(Key));
    }

    private static IEnumerable<PermissionVector> Claims()
    {
        foreach ((int label, string name) in ((int, string)[])[(1, "iss"), (2, "sub"), (4, "exp"), (6, "iat"), (7, "cti"), (-65537, "model"), (-65542, "fingerprint-id")])
        {
            yield return Bad($"{name}-missing", Malformed, "A required claim is missing.", Minimal.WithoutClaim(label).Build(Key));
        }

        foreach ((int label, string name) in ((int, string)[])[(1, "iss"), (2, "sub"), (3, "aud"), (4, "exp"), (5, "nbf"), (6, "iat"), (7, "cti"), (-65537, "model"), (-65538, "scopes"), (-65539, "quota"), (-65540, "unit"), (-65541, "use"), (-65542, "fingerprint-id"), (-65547, "wrapped-content-key")])
        {
            yield return Claim($"{name}-mistyped", "A simple value.", label, [0xF5]);
            yield return Claim($"{name}-tagged", "A tag.", label, [0xC1, .. Cbor.Int(TokenForge.ExpiresAt)]);
        }

        yield return Claim("exp-float", "A float.", 4, [0xFB, 0x41, 0xDA, 0x55, 0xB9, 0xC4, 0, 0, 0]);
        yield return Claim("exp-negative", "Before 1970.", 4, Cbor.Int(-1));
        yield return Claim("exp-2-64", "2^64 - 1.", 4, Cbor.Int(ulong.MaxValue));
        yield return Claim("exp-year-10000", "One second after the year 9999.", 4, Cbor.Int(253402300800));
        yield return Claim("exp-is-iat", "No lifetime.", 4, Cbor.Int(TokenForge.IssuedAt));
        yield return Claim("exp-before-iat", "A negative lifetime.", 4, Cbor.Int(TokenForge.IssuedAt - 1));
        yield return Claim("exp-long-integer", "exp in eight bytes.", 4, [0x1B, 0, 0, 0, 0, .. Cbor.Int(TokenForge.ExpiresAt)[1..]]);
        byte[] some32 = Cbor.Bytes(new byte[32]);
        yield return Bad("permit-chain-empty", Malformed, "No units.", Chain(some32, Cbor.Int(0)));
        yield return Bad("permit-chain-too-long", Malformed, "One unit too many.", Chain(some32, Cbor.Int((1 << 24) + 1)));
        yield return Bad("permit-chain-short-anchor", Malformed, "31 bytes.", Chain(Cbor.Bytes(new byte[31]), Cbor.Int(1)));
        yield return Bad("permit-chain-of-one", Malformed, "An anchor alone.", Chain(some32));
        yield return Bad("permit-chain-of-three", Malformed, "One item more.", Chain(some32, Cbor.Int(1), Cbor.Int(1)));
        yield return Bad(
            "permit-chain-and-quota", Malformed, "Two ways to count.",
            Minimal.WithClaim(-65546, Cbor.Array(some32, Cbor.Int(1))).WithClaim(-65539, Cbor.Int(1)).Build(Key));
        yield return Bad("rate-0-units", Malformed, "No units.", Rate(0, 60));
        yield return Bad("rate-0-seconds", Malformed, "No time.", Rate(10, 0));
        yield return Bad("rate-2-53-and-1", Malformed, "One unit too many.", Rate((1L << 53) + 1, 60));
        yield return Bad("rate-367-days", Malformed, "One second too long.", Rate(10, 31622401));
        yield return Bad("rate-of-three", Malformed, "One item more.", Minimal.WithClaim(-65543, Cbor.Array(Cbor.Int(10), Cbor.Int(60), Cbor.Int(1))).Build(Key));
        yield return Bad("cnf-off-the-curve", Malformed, "A point that is not on P-256.", Confirmation(Point(X, X)));
        yield return Claim("cnf-deep", "Nine nested arrays.", 8, [.. Enumerable.Repeat((byte)0x81, 9), 0xF6]);
        yield return Claim("cnf-unsorted", "x before the curve.", 8, Cbor.Map((Cbor.Int(1), Cbor.Map((Cbor.Int(1), Cbor.Int(2)), (Cbor.Int(-2), Cbor.Bytes(X)), (Cbor.Int(-1), Cbor.Int(1)), (Cbor.Int(-3), Cbor.Bytes(Y))))));
        yield return Claim("output-policy-empty", "It restricts nothing.", -65544, Cbor.Map());
        yield return Bad("output-policy-top-0", Malformed, "No value.", Policy((1, Cbor.Int(0))));
        yield return Bad("output-policy-top-2-31", Malformed, "More values than a row has.", Policy((1, Cbor.Int(1L << 31))));
        yield return Bad("output-policy-8-decimals", Malformed, "More than a Float32 holds.", Policy((3, Cbor.Int(8))));
        yield return Bad("output-policy-label-0", Malformed, "No label.", Policy((2, Cbor.Int(0))));
        yield return Bad("output-policy-label-top-k", Malformed, "A label and more.", Policy((1, Cbor.Int(1)), (2, Cbor.Int(1))));
        yield return Bad("output-policy-label-decimals", Malformed, "A label with decimals.", Policy((2, Cbor.Int(1)), (3, Cbor.Int(1))));
        yield return Bad("output-policy-unsorted", Malformed, "Decimals first.", Policy((3, Cbor.Int(1)), (1, Cbor.Int(1))));
        yield return Claim("output-policy-mistyped", "An array.", -65544, Cbor.Array(Cbor.Int(1)));
        yield return Claim("input-digest-short", "31 bytes.", -65545, Cbor.Bytes(new byte[31]));
        yield return Claim("input-digest-mistyped", "A text.", -65545, Cbor.Text(new string('0', 32)));
        yield return Claim("nbf-is-exp", "It never holds.", 5, Cbor.Int(TokenForge.ExpiresAt));
        yield return Claim("nbf-2-64", "2^64 - 1.", 5, Cbor.Int(ulong.MaxValue));
        yield return Claim("iat-2-64", "2^64 - 1.", 6, Cbor.Int(ulong.MaxValue));
        yield return Claim("cti-short", "15 bytes.", 7, Cbor.Bytes(new byte[15]));
        yield return Claim("cti-long", "17 bytes.", 7, Cbor.Bytes(new byte[17]));
        yield return Claim("model-short", "31 bytes.", -65537, Cbor.Bytes(new byte[31]));
        yield return Claim("sub-empty", "No text.", 2, Cbor.Text(string.Empty));
        yield return Claim("sub-257-bytes", "One byte too many.", 2, Cbor.Text(new string('l', 257)));
        yield return Claim("sub-control", "A line feed.", 2, Cbor.Text("a\nb"));
        yield return Claim("sub-c1-control", "U+0085.", 2, Cbor.Text("a\u0085b"));
        yield return Claim("sub-not-utf8", "An overlong slash.", 2, Cbor.Text([0xC0, 0xAF]));
        yield return Claim("sub-surrogate", "A surrogate in UTF-8.", 2, Cbor.Text([0xED, 0xA0, 0x80]));
        yield return Claim("sub-indefinite", "Text in chunks.", 2, [0x7F, .. Cbor.Text("licensee-7"), 0xFF]);
        yield return Claim("sub-length-bomb", "2^62 bytes of text.", 2, [0x7B, 0x40, 0, 0, 0, 0, 0, 0, 0]);
        yield return Claim("aud-513-bytes", "One byte too many.", 3, Cbor.Text(new string('a', 513)));
        yield return Claim("aud-array", "Two audiences.", 3, Texts(TokenForge.Audience, "b"));
        yield return Claim("scopes-empty", "An empty list is left out.", -65538, Cbor.Array());
        yield return Claim("scopes-unsorted", "b before a.", -65538, Texts("b", "a"));
        yield return Claim("scopes-duplicate", "One scope twice.", -65538, Texts("a", "a"));
        yield return Claim("scopes-65", "One scope too many.", -65538, Texts([.. Enumerable.Range(100, 65).Select(i => $"s{i}")]));
        yield return Claim("scopes-129-bytes", "A scope that is one byte too long.", -65538, Texts(new string('s', 129)));
        yield return Claim("scopes-empty-text", "A scope without text.", -65538, Texts(string.Empty));
        yield return Claim("scopes-indefinite", "A list of indefinite length.", -65538, [0x9F, .. Cbor.Text("a"), 0xFF]);
        yield return Claim("quota-0", "No unit.", -65539, Cbor.Int(0));
        yield return Claim("quota-too-large", "2^53 + 1.", -65539, Cbor.Int((1L << 53) + 1));
        yield return Claim("quota-negative", "-1.", -65539, Cbor.Int(-1));
        yield return Claim("unit-default", "The default is left out.", -65540, Cbor.Int(1));
        yield return Claim("unit-0", "0.", -65540, Cbor.Int(0));
        yield return Claim("use-default", "The default is left out.", -65541, Cbor.Int(1));
        yield return Claim("fingerprint-id-2-63", "2^63.", -65542, Cbor.Int((Int128)1 << 63));
        yield return Claim("wrapped-content-key-empty", "No bytes.", -65547, Cbor.Bytes());
        yield return Claim("wrapped-content-key-short", "112 bytes.", -65547, Cbor.Bytes(new byte[112]));
        yield return Claim("wrapped-content-key-long", "114 bytes.", -65547, Cbor.Bytes(new byte[114]));
        yield return Claim("wrapped-content-key-text", "Text of 113 bytes.", -65547, Cbor.Text(new string('k', 113)));
        yield return Bad("claims-array", Malformed, "An array.", (Minimal with { Payload = Cbor.Array() }).Build(Key));
        yield return Bad("claims-empty", Malformed, "No bytes.", (Minimal with { Payload = [] }).Build(Key));
        yield return Bad("claims-trailing-byte", Malformed, "A byte after the map.", (Minimal with { Payload = [.. Payload(), 0] }).Build(Key));
        yield return Bad("claims-indefinite", Malformed, "A map of indefinite length.", (Minimal with { Payload = [0xBF, .. Payload()[1..], 0xFF] }).Build(Key));
        yield return Bad("claims-unsorted", Malformed, "sub before iss.", (Minimal with { IsSorted = false, Claims = Minimal.Claims.Reverse() }).Build(Key));
        yield return Bad("claims-duplicate", Malformed, "iss twice.", (Minimal with { IsSorted = false, Claims = [Minimal.Claims[0], .. Minimal.Claims] }).Build(Key));
        yield return Bad("claims-truncated", Malformed, "One byte less.", (Minimal with { Payload = Payload()[..^1] }).Build(Key));
        yield return Bad("claims-label-bytes", Malformed, "A label that is a byte string.", Minimal.WithClaim(Cbor.Bytes(1), Cbor.Int(1)).Build(Key));
        yield return Bad("claims-65", Malformed, "One claim too many.", (Minimal with { Claims = Minimal.Claims.AddRange(Enumerable.Range(70000, 57).Select(i => (Cbor.Int(-i), Cbor.Int(0)))) }).Build(Key));
        yield return Claim("unknown-deep", "Nine nested arrays in an unknown claim.", -70000, [.. Enumerable.Repeat((byte)0x81, 9), 0xF6]);
    }

    private static IEnumerable<PermissionVector> Checks()
    {
        yield return Bad("model-other", DenialReason.WrongModel, "Another model.", Minimal.WithClaim(-65537, Cbor.Bytes(new byte[32])).Build(Key));
        yield return Bad("aud-other", DenialReason.WrongAudience, "Another application.", Minimal.WithClaim(3, Cbor.Text("other.example")).Build(Key));
        yield return Bad("aud-upper-case", DenialReason.WrongAudience, "The right application in other letters.", Minimal.WithClaim(3, Cbor.Text("APP.example")).Build(Key));
        yield return Bad("iat-beyond-skew", DenialReason.NotYetValid, "Issued 61 s ahead.", Minimal.WithClaim(6, Cbor.Int(Now + 61)).Build(Key));
        yield return Bad("nbf-beyond-skew", DenialReason.NotYetValid, "Holds in 61 s.", Minimal.WithClaim(5, Cbor.Int(Now + 61)).Build(Key));
        yield return Bad("exp-at-skew", DenialReason.Expired, "Ended 60 s ago.", Minimal.WithClaim(4, Cbor.Int(Now - 60)).Build(Key));
        yield return Bad("lifetime-one-second-too-long", DenialReason.LifetimeTooLong, "400 days and 1 s.", Minimal.WithClaim(4, Cbor.Int(TokenForge.IssuedAt + (400 * 86400) + 1)).Build(Key));
        yield return Bad("lifetime-until-9999", DenialReason.LifetimeTooLong, "The last second there is.", Minimal.WithClaim(4, Cbor.Int(253402300799)).Build(Key));
        yield return Bad("scope-missing", DenialReason.MissingScope, "No scopes.", Minimal.WithoutClaim(-65538).Build(Key));
        yield return Bad("scope-other", DenialReason.MissingScope, "Other scopes.", Minimal.WithClaim(-65538, Texts("INFER", "inferx")).Build(Key));
    }

    private static byte[] Status(params byte[][] parts) => Minimal.WithClaim(-65549, Cbor.Array(parts)).Build(Key);

    private static IEnumerable<PermissionVector> Restrictions()
    {
        yield return Restriction("cnf", 8, Cbor.Map((Cbor.Int(5), Cbor.Bytes(new byte[32]))));
        yield return Bad("cnf-p384", Unsupported, "Another curve.", Confirmation(Cbor.Map((Cbor.Int(1), Cbor.Int(2)), (Cbor.Int(-1), Cbor.Int(2)), (Cbor.Int(-2), Cbor.Bytes(X)), (Cbor.Int(-3), Cbor.Bytes(Y)))));
        yield return Bad("cnf-compressed", Unsupported, "The sign of y in its place.", Confirmation(Cbor.Map((Cbor.Int(1), Cbor.Int(2)), (Cbor.Int(-1), Cbor.Int(1)), (Cbor.Int(-2), Cbor.Bytes(X)), (Cbor.Int(-3), [0xF5]))));
        yield return Bad("cnf-empty", Unsupported, "It confirms nothing.", Minimal.WithClaim(8, Cbor.Map()).Build(Key));
        yield return Bad("cnf-number", Unsupported, "No map.", Minimal.WithClaim(8, Cbor.Int(1)).Build(Key));
        yield return Bad("output-policy-unknown-part", Unsupported, "A part of a later version.", Policy((1, Cbor.Int(2)), (4, Cbor.Text("x"))));
        yield return Bad("output-policy-unknown-label", Unsupported, "A way to label of a later version.", Policy((2, Cbor.Int(2))));
        yield return Restriction("wrapped-carrier-key", -65548, Cbor.Bytes(new byte[80]));
        yield return Bad("status-without-lists", DenialReason.StatusUnknown, "This verifier has no status lists.", Status(Cbor.Text("https://publisher.example/status/1"), Cbor.Int(5)));
        yield return Bad("status-last-index", DenialReason.StatusUnknown, "The last place that a list can have.", Status(Cbor.Text("s"), Cbor.Int((1 << 24) - 1)));
        yield return Bad("status-index-too-large", DenialReason.Malformed, "A place that no list has.", Status(Cbor.Text("s"), Cbor.Int(1 << 24)));
        yield return Bad("status-without-index", DenialReason.Malformed, "The list alone.", Status(Cbor.Text("s")));
        yield return Bad("status-with-more", DenialReason.Malformed, "A third element.", Status(Cbor.Text("s"), Cbor.Int(5), Cbor.Int(0)));
        yield return Bad("status-uri-empty", DenialReason.Malformed, "A list without a name.", Status(Cbor.Text(""), Cbor.Int(5)));
        yield return Bad("status-uri-513-bytes", DenialReason.Malformed, "One byte too long.", Status(Cbor.Text(new string('s', 513)), Cbor.Int(5)));
        yield return Bad("features-empty", DenialReason.Malformed, "An empty list is left out.", Minimal.WithClaim(-65550, Cbor.Array()).Build(Key));
        yield return Bad("features-unsorted", DenialReason.Malformed, "b before a.", Minimal.WithClaim(-65550, Texts("b", "a")).Build(Key));
        yield return Bad("features-twice", DenialReason.Malformed, "a twice.", Minimal.WithClaim(-65550, Texts("a", "a")).Build(Key));
        yield return Bad("trial-false", DenialReason.Malformed, "False is left out.", Minimal.WithClaim(-65554, [0xF4]).Build(Key));
        yield return Bad("trial-number", DenialReason.Malformed, "No boolean.", Minimal.WithClaim(-65554, Cbor.Int(1)).Build(Key));
        yield return Bad("grace-zero", DenialReason.Malformed, "None is left out.", Minimal.WithClaim(-65555, Cbor.Int(0)).Build(Key));
        yield return Bad("grace-too-long", DenialReason.Malformed, "30 days and 1 s.", Minimal.WithClaim(-65555, Cbor.Int((30 * 86400) + 1)).Build(Key));
        yield return Bad("grace-over", DenialReason.Expired, "Ended 100 s ago, with a grace of 40 s.", Minimal.WithClaim(4, Cbor.Int(Now - 100)).WithClaim(-65555, Cbor.Int(40)).Build(Key));
        yield return Bad("lifetime-too-long-by-grace", DenialReason.LifetimeTooLong, "400 days, and a grace of 1 s.", Minimal.WithClaim(4, Cbor.Int(TokenForge.IssuedAt + (400 * 86400))).WithClaim(-65555, Cbor.Int(1)).Build(Key));
        yield return Restriction("delegation", -65551, Cbor.Bytes(1, 2, 3));
        yield return Restriction("unknown-private-claim", -65552, Cbor.Int(1));
        yield return Restriction("unknown-private-claim-bytes", -65553, Cbor.Bytes(new byte[80]));
        yield return Restriction("unknown-registered-claim", 9, Cbor.Int(1));
        yield return Restriction("unknown-claim-0", 0, Cbor.Int(1));
        yield return Restriction("unknown-claim-2-64", ulong.MaxValue, Cbor.Int(1));
        yield return Restriction("unknown-claim-minus-2-64", -1 - (Int128)ulong.MaxValue, Cbor.Int(1));
        yield return Restriction("unknown-claim-alias", 1 - ((Int128)1 << 64), Cbor.Text("https://somebody.example"));
        yield return Bad("unknown-claim-text", Unsupported, "A claim with a name of text.", Minimal.WithClaim(Cbor.Text("sub"), Cbor.Text("somebody")).Build(Key));
        yield return Bad("unit-unknown", Unsupported, "A unit of a later version.", Minimal.WithClaim(-65540, Cbor.Int(3)).Build(Key));
        yield return Bad("use-unknown", Unsupported, "A use of a later version.", Minimal.WithClaim(-65541, Cbor.Int(3)).Build(Key));
    }

    private static TokenForge Scoped(TestKey key) => TokenForge.Minimal(key).WithClaim(-65538, Texts(TokenForge.Scope));

    private static byte[] Chain(params byte[][] items) => Minimal.WithClaim(-65546, Cbor.Array(items)).Build(Key);

    private static byte[] Rate(long units, int seconds) => Minimal.WithClaim(-65543, Cbor.Array(Cbor.Int(units), Cbor.Int(seconds))).Build(Key);

    private static byte[] X => TestKey.P256.PublicKey.ExportSubjectPublicKeyInfo()[^64..^32];

    private static byte[] Y => TestKey.P256.PublicKey.ExportSubjectPublicKeyInfo()[^32..];

    private static byte[] Point(byte[] x, byte[] y) =>
        Cbor.Map((Cbor.Int(1), Cbor.Int(2)), (Cbor.Int(-1), Cbor.Int(1)), (Cbor.Int(-2), Cbor.Bytes(x)), (Cbor.Int(-3), Cbor.Bytes(y)));

    private static byte[] Confirmation(byte[] key) => Minimal.WithClaim(8, Cbor.Map((Cbor.Int(1), key))).Build(Key);

    private static byte[] Policy(params (int Part, byte[] Value)[] parts) =>
        Minimal.WithClaim(-65544, Cbor.Map([.. parts.Select(part => (Cbor.Int(part.Part), part.Value))])).Build(Key);

    private static byte[] Payload() => Cbor.Map(Minimal.Claims.Sort((x, y) => x.Key.AsSpan().SequenceCompareTo(y.Key)));

    private static byte[] Texts(params string[] texts) => Cbor.Array([.. texts.Select(Cbor.Text)]);

    private static byte[] HmacWithPublicKey(byte[] data) =>
        System.Security.Cryptography.HMACSHA256.HashData(Key.PublicKey.ExportSubjectPublicKeyInfo(), data);

    private static byte[] SignP384WithSha256(byte[] data) => TestKey.SignP384WithSha256(data);

    private static PermissionVector Good(string name, string note, byte[] token, PermissionVectorClaims claims) =>
        new(name, DenialReason.None, note, Convert.ToHexStringLower(token), claims);

    private static PermissionVector Bad(string name, DenialReason expected, string note, byte[] token) =>
        new(name, expected, note, Convert.ToHexStringLower(token), null);

    private static PermissionVector Claim(string name, string note, long label, byte[] value) =>
        Bad(name, Malformed, note, Minimal.WithClaim(label, value).Build(Key));

    private static PermissionVector Restriction(string name, Int128 label, byte[] value) =>
        Bad($"restricted-{name}", Unsupported, "A claim that this version cannot enforce.", Minimal.WithClaim(label, value).Build(Key));

    private static string Hex(IssuerPublicKey key) => Convert.ToHexStringLower(key.ExportSubjectPublicKeyInfo());
}
