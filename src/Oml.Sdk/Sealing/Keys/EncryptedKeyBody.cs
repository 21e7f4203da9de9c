using System.Formats.Cbor;
using System.Security.Cryptography;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Sealing;

/// <summary>The CBOR inside an encrypted key file (docs/spec/keys.md §3). Has one encoding and no secrets.</summary>
internal sealed record EncryptedKeyBody(EncryptedKeyKind Kind, int Iterations, byte[] Salt, byte[] Nonce, byte[] Ciphertext)
{
    public const int SaltSize = 32;
    public const int NonceSize = 12;
    public const int TagSize = 16;
    public const int MinIterations = 100_000;
    public const int MaxIterations = 10_000_000;

    private const int Version = 1;
    private const int Pbkdf2HmacSha512 = 1;

    public static int SecretSize(EncryptedKeyKind kind) => kind == EncryptedKeyKind.LicenseeKey ? LicenseeKeySecret.Size : ContentKey.Size;

    /// <summary>Reads a body of the expected kind.</summary>
    /// <exception cref="CryptographicException">The bytes are not such a body; the message says what a person can do.</exception>
    public static EncryptedKeyBody Read(byte[] bytes, EncryptedKeyKind expected)
    {
        try
        {
            CborReader reader = StrictCbor.Open(bytes);
            Require(reader.ReadStartMap() == 5);
            Require(Label(reader) == 1);
            if (reader.ReadUInt64() is var version && version != Version)
            {
                throw new CryptographicException(
                    $"The encrypted key has format {version}; this version reads format {Version}. Update Oml.Sdk.");
            }

            Require(Label(reader) == 2);
            ulong kind = reader.ReadUInt64();
            if (kind != (ulong)expected)
            {
                throw new CryptographicException($"The encrypted key is {Describe(kind)}, not {Describe((ulong)expected)}.");
            }

            Require(Label(reader) == 3);
            Require(reader.ReadStartArray() == 3);
            Require(reader.ReadUInt64() == Pbkdf2HmacSha512);
            int iterations = (int)StrictCbor.ReadInteger(reader, MinIterations, MaxIterations);
            byte[] salt = StrictCbor.ReadBytes(reader, SaltSize).ToArray();
            reader.ReadEndArray();
            Require(Label(reader) == 4);
            byte[] nonce = StrictCbor.ReadBytes(reader, NonceSize).ToArray();
            Require(Label(reader) == 5);
            byte[] ciphertext = StrictCbor.ReadBytes(reader, SecretSize(expected) + TagSize).ToArray();
            reader.ReadEndMap();
            Require(reader.BytesRemaining == 0);
            return new(expected, iterations, salt, nonce, ciphertext);
        }
        catch (Exception exception) when (exception is MalformedTokenException || StrictCbor.IsMalformed(exception))
        {
            throw new CryptographicException("The encrypted key is damaged: restore the file from a copy.", exception);
        }
    }

    public byte[] Encode() => Encode(withCiphertext: true);

    /// <summary>What the tag covers besides the ciphertext: all of the body that is in clear.</summary>
    public byte[] EncodeAssociatedData() => Encode(withCiphertext: false);

    private static ulong Label(CborReader reader) => reader.ReadUInt64();

    private static void Require(bool condition)
    {
        if (!condition)
        {
            throw new CborContentException(null);
        }
    }

    private static string Describe(ulong kind) => kind switch
    {
        (ulong)EncryptedKeyKind.LicenseeKey => "a licensee key",
        (ulong)EncryptedKeyKind.ContentKey => "a content key",
        _ => $"of the unknown kind {kind}",
    };

    private byte[] Encode(bool withCiphertext)
    {
        CborWriter writer = new(CborConformanceMode.Ctap2Canonical);
        writer.WriteStartMap(withCiphertext ? 5 : 4);
        writer.WriteInt32(1);
        writer.WriteInt32(Version);
        writer.WriteInt32(2);
        writer.WriteInt32((int)Kind);
        writer.WriteInt32(3);
        writer.WriteStartArray(3);
        writer.WriteInt32(Pbkdf2HmacSha512);
        writer.WriteInt32(Iterations);
        writer.WriteByteString(Salt);
        writer.WriteEndArray();
        writer.WriteInt32(4);
        writer.WriteByteString(Nonce);
        if (withCiphertext)
        {
            writer.WriteInt32(5);
            writer.WriteByteString(Ciphertext);
        }

        writer.WriteEndMap();
        return writer.Encode();
    }
}
