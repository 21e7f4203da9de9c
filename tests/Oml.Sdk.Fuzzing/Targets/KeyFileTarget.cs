using System.Security.Cryptography;
using System.Text;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;

namespace Oml.Sdk.Fuzzing.Targets;

/// <summary>Public keys, and what encrypted key files hold before a password is tried.</summary>
internal sealed class KeyFileTarget : FuzzTarget
{
    public override string Name => "key-file";

    public override void Decode(byte[] input)
    {
        Try(() => EncryptedKeyBody.Read(input, EncryptedKeyKind.LicenseeKey));
        Try(() => EncryptedKeyBody.Read(input, EncryptedKeyKind.ContentKey));
        Try(() => IssuerPublicKey.ImportSubjectPublicKeyInfo(input));
        Try(() => LicenseePublicKey.ImportFromPem(Encoding.Latin1.GetString(input)));
    }

    public override IEnumerable<byte[]> Seeds()
    {
        using LicenseeKey licensee = LicenseeKey.Create();
        using ContentKey content = ContentKey.Generate();
        string pem = licensee.PublicKey.ExportSubjectPublicKeyInfoPem();
        return
        [
            Body(licensee.ExportEncryptedPem("password")),
            Body(content.ExportEncryptedPem("password")),
            TestKeys.Issuer.PublicKey.ExportSubjectPublicKeyInfo(),
            Encoding.Latin1.GetBytes(pem),
        ];
    }

    private static byte[] Body(string pem)
    {
        PemFields fields = PemEncoding.Find(pem);
        return Convert.FromBase64String(pem[fields.Base64Data]);
    }

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
    }
}
