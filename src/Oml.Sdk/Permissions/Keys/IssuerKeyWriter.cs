using System.Buffers;
using System.Buffers.Text;
using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text.Json;

namespace Oml.Sdk.Permissions;

/// <summary>Writes public keys as COSE_Key and JWK, with the <c>kid</c> that tokens have and the one algorithm.</summary>
internal static class IssuerKeyWriter
{
    public static void WriteCose(CborWriter writer, IssuerPublicKey key, DateTimeOffset? notBefore = null, DateTimeOffset? notAfter = null)
    {
        writer.WriteStartMap(null);
        Number(CoseKeyLabel.KeyType, MLDsaKeys.Is(key.Algorithm) ? CoseKeyLabel.TypeAkp
            : key.Algorithm == PermissionAlgorithm.PS256 ? CoseKeyLabel.TypeRsa : CoseKeyLabel.TypeEc2);
        Bytes(CoseKeyLabel.KeyId, key.KeyId.Span);
        Number(CoseKeyLabel.Algorithm, (int)key.Algorithm);
        if (MLDsaKeys.Is(key.Algorithm))
        {
            Bytes(CoseKeyLabel.Public, MLDsaKeys.ToBytes(key));
        }
        else if (key.Algorithm == PermissionAlgorithm.PS256)
        {
            RSAParameters rsa = IssuerKeyReader.ToModulus(key);
            Bytes(CoseKeyLabel.Modulus, rsa.Modulus);
            Bytes(CoseKeyLabel.Exponent, rsa.Exponent);
        }
        else
        {
            ECPoint point = IssuerKeyReader.ToPoint(key);
            Number(CoseKeyLabel.Curve, key.Algorithm == PermissionAlgorithm.ES256 ? CoseKeyLabel.CurveP256 : CoseKeyLabel.CurveP384);
            Bytes(CoseKeyLabel.X, point.X);
            Bytes(CoseKeyLabel.Y, point.Y);
        }

        Time(CoseKeyLabel.NotBefore, notBefore);
        Time(CoseKeyLabel.NotAfter, notAfter);
        writer.WriteEndMap();

        void Number(int label, long value)
        {
            writer.WriteInt32(label);
            writer.WriteInt64(value);
        }

        void Bytes(int label, ReadOnlySpan<byte> value)
        {
            writer.WriteInt32(label);
            writer.WriteByteString(value);
        }

        void Time(int label, DateTimeOffset? time)
        {
            if (time is { } value)
            {
                Number(label, value.ToUnixTimeSeconds());
            }
        }
    }

    public static void WriteJwk(Utf8JsonWriter writer, IssuerPublicKey key, DateTimeOffset? notBefore = null, DateTimeOffset? notAfter = null)
    {
        writer.WriteStartObject();
        writer.WriteString("kty", MLDsaKeys.Is(key.Algorithm) ? "AKP" : key.Algorithm == PermissionAlgorithm.PS256 ? "RSA" : "EC");
        Bytes("kid", key.KeyId.Span);
        writer.WriteString("use", "sig");
        writer.WriteString("alg", JwkNames.Algorithm(key.Algorithm));
        if (MLDsaKeys.Is(key.Algorithm))
        {
            Bytes("pub", MLDsaKeys.ToBytes(key));
        }
        else if (key.Algorithm == PermissionAlgorithm.PS256)
        {
            RSAParameters rsa = IssuerKeyReader.ToModulus(key);
            Bytes("n", rsa.Modulus);
            Bytes("e", rsa.Exponent);
        }
        else
        {
            ECPoint point = IssuerKeyReader.ToPoint(key);
            writer.WriteString("crv", key.Algorithm == PermissionAlgorithm.ES256 ? "P-256" : "P-384");
            Bytes("x", point.X);
            Bytes("y", point.Y);
        }

        Time("nbf", notBefore);
        Time("exp", notAfter);
        writer.WriteEndObject();

        void Bytes(string name, ReadOnlySpan<byte> value) => writer.WriteString(name, Base64Url.EncodeToString(value));

        void Time(string name, DateTimeOffset? time)
        {
            if (time is { } value)
            {
                writer.WriteNumber(name, value.ToUnixTimeSeconds());
            }
        }
    }

    /// <summary>A writer for CBOR in the one form: it sorts.</summary>
    public static CborWriter Cbor() => new(CborConformanceMode.Ctap2Canonical, convertIndefiniteLengthEncodings: true);

    public static string Json(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            write(writer);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
