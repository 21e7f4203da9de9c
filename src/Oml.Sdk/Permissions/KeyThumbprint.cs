using System.Buffers.Binary;
using System.Buffers.Text;
using System.Formats.Cbor;
using System.Security.Cryptography;

namespace Oml.Sdk.Permissions;

/// <summary>The COSE Key Thumbprint with SHA-256 (RFC 9679), as a value that a dictionary can find.</summary>
internal readonly record struct KeyThumbprint(UInt128 High, UInt128 Low)
{
    public const int Size = SHA256.HashSizeInBytes;

    private const string UriPrefix = "urn:ietf:params:oauth:ckt:sha-256:";

    public static KeyThumbprint Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]));

    /// <summary>Of an elliptic-curve key: <c>{1: 2, -1: crv, -2: x, -3: y}</c> (RFC 9679).</summary>
    public static KeyThumbprint Compute(in ECParameters key, int coseCurve)
    {
        CborWriter writer = Begin(keyType: 2, members: 4);
        writer.WriteInt32(-1);
        writer.WriteInt32(coseCurve);
        writer.WriteInt32(-2);
        writer.WriteByteString(key.Q.X!);
        writer.WriteInt32(-3);
        writer.WriteByteString(key.Q.Y!);
        return End(writer);
    }

    /// <summary>Of an RSA key: <c>{1: 3, -1: n, -2: e}</c> (RFC 9679, RFC 8230 §4).</summary>
    public static KeyThumbprint Compute(in RSAParameters key)
    {
        CborWriter writer = Begin(keyType: 3, members: 3);
        writer.WriteInt32(-1);
        writer.WriteByteString(key.Modulus!);
        writer.WriteInt32(-2);
        writer.WriteByteString(key.Exponent!);
        return End(writer);
    }

    /// <summary>Of an algorithm key pair: <c>{1: 7, 3: alg, -1: pub}</c> (RFC 9964, "AKP Thumbprints").</summary>
    public static KeyThumbprint Compute(PermissionAlgorithm algorithm, ReadOnlySpan<byte> publicKey)
    {
        CborWriter writer = Begin(keyType: 7, members: 3);
        writer.WriteInt32(3);
        writer.WriteInt32((int)algorithm);
        writer.WriteInt32(-1);
        writer.WriteByteString(publicKey);
        return End(writer);
    }

    public byte[] ToArray()
    {
        byte[] bytes = new byte[Size];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(16), Low);
        return bytes;
    }

    /// <summary>The URI of RFC 9679, "COSE Key Thumbprint URIs".</summary>
    public string ToUri() => UriPrefix + Base64Url.EncodeToString(ToArray());

    private static CborWriter Begin(int keyType, int members)
    {
        CborWriter writer = new(CborConformanceMode.Ctap2Canonical);
        writer.WriteStartMap(members);
        writer.WriteInt32(1);
        writer.WriteInt32(keyType);
        return writer;
    }

    private static KeyThumbprint End(CborWriter writer)
    {
        writer.WriteEndMap();
        Span<byte> hash = stackalloc byte[Size];
        SHA256.HashData(writer.Encode(), hash);
        return Read(hash);
    }
}
