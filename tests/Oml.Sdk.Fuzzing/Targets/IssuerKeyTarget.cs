using System.Security.Cryptography;
using System.Text;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Fuzzing.Targets;

/// <summary>The public key of an issuer as a COSE_Key, a JWK, or PEM.</summary>
internal sealed class IssuerKeyTarget : FuzzTarget
{
    public override string Name => "issuer-key";

    public override void Decode(byte[] input)
    {
        Try(() => IssuerPublicKey.ImportCoseKey(input));
        Try(() => IssuerPublicKey.ImportJwk(input));
        Try(() => IssuerPublicKey.ImportFromPem(Encoding.Latin1.GetString(input)));
    }

    public override IEnumerable<byte[]> Seeds() => IssuerKeySeeds.Keys().SelectMany(key => (byte[][])
    [
        key.ExportCoseKey(),
        Encoding.UTF8.GetBytes(key.ExportJwk()),
        Encoding.UTF8.GetBytes(key.ExportSubjectPublicKeyInfoPem()),
    ]);

    private static void Try(Action read)
    {
        try
        {
            read();
        }
        catch (CryptographicException)
        {
            // Refused as documented.
        }
        catch (PlatformNotSupportedException)
        {
            // Documented for ML-DSA where the platform has none.
        }
    }
}
