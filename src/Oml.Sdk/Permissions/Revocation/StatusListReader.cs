using System.Formats.Cbor;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Security.Cryptography.Cose;

namespace Oml.Sdk.Permissions.Revocation;

/// <summary>Reads a status list token strictly: form, key, signature, contents.</summary>
internal static class StatusListReader
{
    /// <summary>A list of 2^24 places of 8 bits, were it incompressible, and its envelope.</summary>
    public const int MaxTokenBytes = StatusList.MaxSize + 65536;

    /// <exception cref="MalformedTokenException">It is no such token, not signed by a key of the issuer, or too large.</exception>
    public static StatusList Read(ReadOnlyMemory<byte> token, Func<KeyThumbprint, IssuerPublicKey?> keys)
    {
        TokenEnvelope envelope = ReadEnvelope(token);
        Require(envelope.Type.Span.SequenceEqual(StatusListLabel.Type), "it is another kind of signed statement");
        IssuerPublicKey key = keys(envelope.KeyId) ?? throw new MalformedTokenException("it is signed with a key that is not trusted for the permission's issuer");
        Require(
            envelope.Algorithm == (long)key.Algorithm && !envelope.HasCriticalHeaders && envelope.SignatureBytes == key.SignatureBytes,
            "its signature is of another kind than its issuer's key");
        Require(IsGood(token, key), "its signature does not verify");
        return ReadClaims(envelope.Payload, envelope.KeyId);
    }

    /// <summary>Reads what is known before the signature is checked.</summary>
    /// <exception cref="MalformedTokenException">It is no such token, or too large.</exception>
    public static TokenEnvelope ReadEnvelope(ReadOnlyMemory<byte> token)
    {
        Require(token.Length <= MaxTokenBytes, $"it is longer than {MaxTokenBytes} bytes");
        return TokenEnvelope.Read(token);
    }

    private static bool IsGood(ReadOnlyMemory<byte> token, IssuerPublicKey key)
    {
        try
        {
            return key.Verify(CoseMessage.DecodeSign1(token.Span));
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>Reads what is signed.</summary>
    internal static StatusList ReadClaims(ReadOnlyMemory<byte> payload, KeyThumbprint keyId)
    {
        string? uri = null;
        long? issuedAt = null, expiresAt = null, ttl = null;
        (int Bits, byte[] Values)? list = null;
        try
        {
            CborReader reader = StrictCbor.Open(payload);
            int? count = reader.ReadStartMap();
            Require(count <= PermissionLimits.MaxClaims, $"it has more than {PermissionLimits.MaxClaims} claims");
            for (int i = 0; i < count; i++)
            {
                switch (StrictCbor.Narrow(StrictCbor.ReadLabel(reader)))
                {
                    case StatusListLabel.Subject:
                        uri = StrictCbor.ReadText(reader, StatusReference.MaxUriBytes);
                        break;
                    case StatusListLabel.ExpirationTime:
                        expiresAt = StrictCbor.ReadInteger(reader, 0, PermissionLimits.MaxUnixSeconds);
                        break;
                    case StatusListLabel.IssuedAt:
                        issuedAt = StrictCbor.ReadInteger(reader, 0, PermissionLimits.MaxUnixSeconds);
                        break;
                    case StatusListLabel.TimeToLive:
                        ttl = StrictCbor.ReadInteger(reader, 1, PermissionLimits.MaxUnixSeconds);
                        break;
                    case StatusListLabel.StatusList:
                        list = ReadList(reader);
                        break;
                    default:
                        // It only informs: a list that says more, of itself, forbids no more.
                        StrictCbor.Skip(reader);
                        break;
                }
            }

            reader.ReadEndMap();
            Require(reader.BytesRemaining == 0, "bytes follow its end");
        }
        catch (Exception error) when (StrictCbor.IsMalformed(error))
        {
            throw new MalformedTokenException("its claims are truncated or not deterministic CBOR");
        }

        return new StatusList(
            uri ?? throw new MalformedTokenException("it does not say which list it is"),
            keyId,
            Time(issuedAt) ?? throw new MalformedTokenException("it does not say when it was issued"),
            Time(expiresAt),
            ttl is { } seconds ? TimeSpan.FromSeconds(Math.Min(seconds, (long)TimeSpan.FromDays(3650).TotalSeconds)) : null,
            list?.Bits ?? throw new MalformedTokenException("it holds no list"),
            list.Value.Values);
    }

    private static (int Bits, byte[] Values) ReadList(CborReader reader)
    {
        int? count = reader.ReadStartMap();
        long bits = 0;
        ReadOnlyMemory<byte>? compressed = null;
        for (int i = 0; i < count; i++)
        {
            switch (reader.ReadTextString())
            {
                case StatusListLabel.Bits:
                    bits = StrictCbor.ReadInteger(reader, 1, 8);
                    break;
                case StatusListLabel.List:
                    compressed = reader.ReadDefiniteLengthByteString();
                    break;
                default:
                    StrictCbor.Skip(reader);
                    break;
            }
        }

        reader.ReadEndMap();
        Require(bits is 1 or 2 or 4 or 8, "its list does not have 1, 2, 4 or 8 bits a place");
        return ((int)bits, Inflate(compressed ?? throw new MalformedTokenException("its list is missing"), (int)bits));
    }

    // What is small may inflate to a thousand times as much: it is cut off at the first byte too many.
    private static byte[] Inflate(ReadOnlyMemory<byte> compressed, int bits)
    {
        int most = StatusList.MaxSize / 8 * bits;
        using MemoryStream inflated = new();
        try
        {
            using ZLibStream source = new(new MemoryStream(compressed.ToArray()), CompressionMode.Decompress);
            byte[] piece = new byte[8192];
            while (source.Read(piece) is var read and not 0)
            {
                Require(inflated.Length + read <= most, $"its list has more than {StatusList.MaxSize} places");
                inflated.Write(piece, 0, read);
            }
        }
        catch (Exception error) when (error is InvalidDataException or IOException)
        {
            throw new MalformedTokenException("its list cannot be decompressed");
        }

        return inflated.ToArray();
    }

    private static DateTimeOffset? Time(long? seconds) => seconds is { } value ? DateTimeOffset.FromUnixTimeSeconds(value) : null;

    /// <exception cref="MalformedTokenException">The condition does not hold.</exception>
    internal static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new MalformedTokenException(otherwise);
        }
    }
}
