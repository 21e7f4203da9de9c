using System.Security.Cryptography;

namespace Oml.Sdk.Tests.Sealing.Keys;

/// <summary>
/// A wrapped content key that another implementation made (Python, pyca/cryptography 48, which also opens it): the key 00 … 1f for
/// the recipient of RFC 9180 A.3.1, with its ephemeral key, and for the model of the permission vectors. Everybody knows these keys.
/// </summary>
internal static class WrappedKey
{
    public const string Hex =
        "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac98536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4" +
        "946629199425adaeaff5333d2f7ba109fca8352cb9c148714f47b124613be57a98ab670f827cbe39a7d26c8e55c116ec";

    public const string LicenseeScalar = "f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2";
    public const string EphemeralScalar = "4995788ef4b9d6132b249ce59a77281493eb39af373d236a1fe415cb0c2d7beb";
    public const string Password = "correct horse ünïcode";

    /// <summary>The licensee's key in a file that Python made.</summary>
    public const string LicenseeKeyPem = """
        -----BEGIN OML ENCRYPTED KEY-----
        pQEBAgEDgwEaAAknwFggQEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8E
        TGBhYmNkZWZnaGlqawVYcR+yj2ef/KkGaFeICv7MUsqObzOO78WKSeodR4HauosF
        evaL3ml3VmcdWZ4qotV2ioUgpEzYR7dhLSo/mTANJS5ro2mRtS4fA/SGVvxCFG0/
        osq2f44ctX3lSDW1yrGVIErhfYtRUK2DnnR5XbWvkUNa
        -----END OML ENCRYPTED KEY-----
        """;

    /// <summary>The content key in a file that Python made.</summary>
    public const string ContentKeyPem = """
        -----BEGIN OML ENCRYPTED KEY-----
        pQEBAgIDgwEaAAknwFggQEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8E
        TGBhYmNkZWZnaGlqawVYMOx98r5+h7Uwbdlz6k8nr+0gdLhQR31oiKqYrwciH2rI
        21sQyDyNyevnR6kXt+vYSw==
        -----END OML ENCRYPTED KEY-----
        """;

    public static byte[] Bytes => Convert.FromHexString(Hex);

    public static byte[] ContentKeyBytes => [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    public static ModelId Model { get; } = ModelId.Compute("model"u8);

    public static ECDiffieHellman Key(string scalar) => ECDiffieHellman.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        D = Convert.FromHexString(scalar),
    });
}
