using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Permissions;

/// <summary>Keys that everybody knows: those of RFC 6979 A.2.5 and A.2.6, and an RSA key made for these tests. Trust them nowhere.</summary>
internal sealed class TestKey
{
    private const string P384KeyHex = "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D896D5724E4C70A825F872C9EA60D2EDF5";
    private const string P384OrderHex = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973";
    private const string RsaPkcs8 =
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC+W2FOPTRZOYBjQr3OjiETW+7scsdiy08QAZolGQSPg3Z0JtN9GBueefMB2G" +
        "DnSOdoum2ZdLpmOoMFEdu0YDQ6pZTTsgPTG/osWem28GQgVl2ZBOYD7njI1DycCNpmYkPqqiI7dcgDxZqsw9wDLRZklFy2BC5p439Q37qyEowb" +
        "7c1HjIMzgjH6eWqwRm0JPVVXbPGIIrHh6TnL5QfdJVT8I4XSsBLhggrt3njHBXsuGjz4LcOXDFVt9hYFxyeDvP3uTWnA5AIAHadHJ1vTymNHZb" +
        "wjnJD7MehqRMw8zcvgi1IwWc5RsvPmnLC2XftPgfFJLUHx436mtyhc/KddXlxNAgMBAAECggEADp8CjoRj+MsntzgWpSlvP/HqnE3FToDS6KX+" +
        "2tpHlTsMm6epzJd6nkW7/8hzdQBkCebGk/1jyIYLr0ArvHiROm9NIE+G51hkSF4loKVpQ2nu1C83Taurql1Rmc3nnJVFUIkoikxQhH2mlPORpX" +
        "V5SAN0oDnE/jbOU34ZHyQOj/cmGjbtazXKfFDXxy9JTIM9BxChRG5c/IGsFqdYjTpiQxIbJHvrrbk+wMIIVuT+ktX61alHIsRfGMzn99Q0O0jJ" +
        "LwS5HWAb2qBuuHgfWDV2Eo4BhY+Ddcpeb0BVOAPJrF/hhmnQh+Nq6CP0HzWLdD/3mI5GUsDsxOXk/nuAFPH1/wKBgQD05v/XKpRvhAIcoVlH9y" +
        "fsgIgohyPqv7cBVopFYUgeSPF+13TTpcoHYqYC1biPbI9hyJb1SMabdX44lsmcjAlephLX1N96qcxj37WXzDS1b9yylytt9mhJB11SlmOr3RFN" +
        "xre4y1qiJoECc7q4VbSdwKJsMfTWWSbV5Fakbf2JvwKBgQDG+5/fLi/cv/P5K4M2fZL4e75UZ7wCH+H0572/qoK91+Lb+Dx3vmfDs92EWNN4YZ" +
        "MckiaI76EUOPhjuTbatc75zpyYrkaYgYnxA5r37ZtyBIWVbJ8O//tfpjt063N5FFL5N8TFR+WH9beiRFmSVp43V1IG0NRHbnnkSAWmsZpk8wKB" +
        "gQDNLuyS3T3X4IXUbupafRyZ7WYmbnMNLuqo2FSopETD+uE6IFHlMTX+0gu8vEsQ/ydyCZlQkFS10s6ZotvvqPQAtKt84QELyE9SLg/6ykAu8z" +
        "W4+yaLzrK43M63bwC68VCaFS/AR7/7sr7LyyJZZpUYxlhOxdwX6kG7Wr+sq+qMCQKBgH98ldiDGg1AOsso8r+FwxVLCw2/DLj7vmSP2YWkdHG3" +
        "kNTIfc1mg8riQYna81pMgdmrVd8kULrJKXOTJi8IjxyEINa9yeNKE5wEaFRyusZZWVD8MAiHP4Hv2mY1uF0aBXNBJOQVBV2Ps+DWE+Frd6ETZC" +
        "2TvH4rrRLyhhRf9AC7AoGAKkk+pJejXL3j02P3blFMpktc0cmaBDUQcxp56bd/s1JgaSXUN0XX38YhUcQP9ckSinR5jHu0iCzz3BENCxNekq0L" +
        "AkLd+kNgedCgsEV0m4Y5ji7moBRe3Unm3rWGCV2oMxacO+qgKqcdJTz4rUQIqrVGGK+qQ8wusxxW7sbXEPY=";

    private TestKey(AsymmetricAlgorithm platformKey, Func<byte[], byte[]> sign)
    {
        PlatformKey = platformKey;
        Sign = sign;
        PublicKey = IssuerPublicKey.ImportSubjectPublicKeyInfo(platformKey.ExportSubjectPublicKeyInfo());
    }

    public static TestKey P256 { get; } = Ec(
        ECCurve.NamedCurves.nistP256,
        "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721",
        "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
        HashAlgorithmName.SHA256);

    public static TestKey P384 { get; } = Ec(
        ECCurve.NamedCurves.nistP384,
        P384KeyHex,
        P384OrderHex,
        HashAlgorithmName.SHA384);

    public static TestKey Rsa { get; } = CreateRsa();

    /// <summary>A P-256 key that no test trusts.</summary>
    public static TestKey Stranger { get; } = Ec(
        ECCurve.NamedCurves.nistP256,
        "00000000000000000000000000000000000000000000000000000000000000A5",
        "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
        HashAlgorithmName.SHA256);

    public static BigInteger P256Order { get; } =
        BigInteger.Parse("0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>The platform's key, to ask the bare library.</summary>
    public AsymmetricAlgorithm PlatformKey { get; }

    public IssuerPublicKey PublicKey { get; }

    public Func<byte[], byte[]> Sign { get; }

    public static TestKey Of(PermissionAlgorithm algorithm) => algorithm switch
    {
        PermissionAlgorithm.ES256 => P256,
        PermissionAlgorithm.ES384 => P384,
        _ => Rsa,
    };

    /// <summary>What RFC 9053 lets a careless signer do: ES256 over P-384. Deterministic, with a digest that is shorter than the order.</summary>
    public static byte[] SignP384WithSha256(byte[] data) => DeterministicSigner.SignEcdsa(
        ECCurve.NamedCurves.nistP384,
        DeterministicSigner.FromBytes(Convert.FromHexString(P384OrderHex)),
        DeterministicSigner.FromBytes(Convert.FromHexString(P384KeyHex)),
        HashAlgorithmName.SHA256,
        data);

    private static TestKey Ec(ECCurve curve, string d, string order, HashAlgorithmName hash)
    {
        byte[] key = Convert.FromHexString(d);
        BigInteger n = DeterministicSigner.FromBytes(Convert.FromHexString(order));
        return new(
            ECDsa.Create(new ECParameters { Curve = curve, D = key }),
            data => DeterministicSigner.SignEcdsa(curve, n, DeterministicSigner.FromBytes(key), hash, data));
    }

    private static TestKey CreateRsa()
    {
        RSA rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(Convert.FromBase64String(RsaPkcs8), out _);
        RSAParameters parameters = rsa.ExportParameters(true);
        return new(rsa, data => DeterministicSigner.SignPss(parameters, data));
    }
}
