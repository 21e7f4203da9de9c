using System.Security.Cryptography;
using System.Text;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Fuzzing.Targets;

/// <summary>Public keys of every type that every platform has, and sets of them.</summary>
internal static class IssuerKeySeeds
{
    public static IEnumerable<IssuerPublicKey> Keys()
    {
        using ECDsa p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using RSA rsa = RSA.Create(2048);
        return
        [
            TestKeys.Issuer.PublicKey,
            IssuerPublicKey.ImportSubjectPublicKeyInfo(p384.ExportSubjectPublicKeyInfo()),
            IssuerPublicKey.ImportSubjectPublicKeyInfo(rsa.ExportSubjectPublicKeyInfo()),
        ];
    }

    public static IEnumerable<byte[]> Sets()
    {
        DateTimeOffset start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        IssuerKeySet timed = new(Keys().Select(key => new IssuerSetKey(key, start, start.AddYears(1))));
        IssuerKeySet plain = new(Keys().Select(key => new IssuerSetKey(key)));
        using ECDsa p521 = ECDsa.Create(ECCurve.NamedCurves.nistP521);
        const string unknown = """{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""";
        return
        [
            timed.ExportCoseKeySet(),
            Encoding.UTF8.GetBytes(timed.ExportJwkSet()),
            Encoding.UTF8.GetBytes(plain.ExportPem()),

            // With keys that are passed over.
            Encoding.UTF8.GetBytes($$"""{"keys":[{{unknown}},{{TestKeys.Issuer.PublicKey.ExportJwk()}}]}"""),
            Encoding.UTF8.GetBytes(p521.ExportSubjectPublicKeyInfoPem() + "\n" + TestKeys.Issuer.PublicKey.ExportSubjectPublicKeyInfoPem()),
        ];
    }
}
