namespace Oml.Sdk.Permissions;

/// <summary>The labels of a COSE_Key (RFC 9052 §7.1, RFC 9053 §7, RFC 8230 §4, RFC 9964 §3) and the values that this version knows.</summary>
internal static class CoseKeyLabel
{
    public const int KeyType = 1;
    public const int KeyId = 2;
    public const int Algorithm = 3;
    public const int Operations = 4;

    /// <summary>Of an elliptic-curve key: crv, x, y and the private d.</summary>
    public const int Curve = -1;
    public const int X = -2;
    public const int Y = -3;
    public const int D = -4;

    /// <summary>Of an RSA key: n, e; from −3 on, all are private.</summary>
    public const int Modulus = -1;
    public const int Exponent = -2;
    public const int FirstPrivateOfRsa = -3;
    public const int LastPrivateOfRsa = -12;

    /// <summary>Of an AKP key: pub and the private priv.</summary>
    public const int Public = -1;
    public const int Private = -2;

    /// <summary>When the key starts and ceases to be trusted, in seconds since 1970: private use of this library.</summary>
    public const int NotBefore = -65537;
    public const int NotAfter = -65538;

    public const int TypeOkp = 1;
    public const int TypeEc2 = 2;
    public const int TypeRsa = 3;
    public const int TypeSymmetric = 4;
    public const int TypeAkp = 7;

    public const int CurveP256 = 1;
    public const int CurveP384 = 2;

    /// <summary>The operation "verify" in key_ops.</summary>
    public const int Verify = 2;
}
