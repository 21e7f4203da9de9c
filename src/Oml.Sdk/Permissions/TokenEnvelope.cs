using System.Formats.Cbor;

namespace Oml.Sdk.Permissions;

/// <summary>The outside of a token: what is known before its signature is checked. Slices of the token, no copies.</summary>
internal readonly struct TokenEnvelope
{
    public required long Algorithm { get; init; }

    public required KeyThumbprint KeyId { get; init; }

    /// <summary>The <c>typ</c> in UTF-8; empty when it is absent or a number.</summary>
    public required ReadOnlyMemory<byte> Type { get; init; }

    public bool IsPermission => Type.Span.SequenceEqual(PermissionEncoder.TokenType);

    public required bool HasCriticalHeaders { get; init; }

    public required ReadOnlyMemory<byte> Payload { get; init; }

    public required int SignatureBytes { get; init; }

    /// <summary>Reads a token.</summary>
    /// <exception cref="MalformedTokenException">The token has another form.</exception>
    public static TokenEnvelope Read(ReadOnlyMemory<byte> token)
    {
        try
        {
            return ReadParts(token);
        }
        catch (Exception exception) when (StrictCbor.IsMalformed(exception))
        {
            throw new MalformedTokenException("it is truncated or not deterministic CBOR");
        }
    }

    private static TokenEnvelope ReadParts(ReadOnlyMemory<byte> token)
    {
        // CTAP2 knows no tags, so the reader would refuse this one. Comparing the byte also refuses its long forms.
        if (token.IsEmpty || token.Span[0] != CoseHeader.Sign1Tag)
        {
            throw new MalformedTokenException("it does not start with the tag of COSE_Sign1");
        }

        CborReader reader = StrictCbor.Open(token[1..]);
        Require(reader.ReadStartArray() == 4, "it is not an array of four");
        ReadOnlyMemory<byte> protectedHeaders = reader.ReadDefiniteLengthByteString();
        Require(reader.ReadStartMap() == 0, "it has unprotected headers, where nothing may be");
        reader.ReadEndMap();
        ReadOnlyMemory<byte> payload = reader.ReadDefiniteLengthByteString();
        int signatureBytes = reader.ReadDefiniteLengthByteString().Length;
        reader.ReadEndArray();
        Require(reader.BytesRemaining == 0, "bytes follow its end");
        return ReadHeaders(protectedHeaders, payload, signatureBytes);
    }

    private static TokenEnvelope ReadHeaders(ReadOnlyMemory<byte> headers, ReadOnlyMemory<byte> payload, int signatureBytes)
    {
        CborReader reader = StrictCbor.Open(headers);
        long? algorithm = null;
        KeyThumbprint? keyId = null;
        ReadOnlyMemory<byte> type = default;
        bool hasCritical = false;
        int? count = reader.ReadStartMap();
        for (int i = 0; i < count; i++)
        {
            switch (StrictCbor.Narrow(StrictCbor.ReadLabel(reader)))
            {
                case CoseHeader.Algorithm:
                    algorithm = reader.ReadInt64();
                    break;
                case CoseHeader.Critical:
                    ReadCritical(reader);
                    hasCritical = true;
                    break;
                case CoseHeader.KeyId:
                    keyId = KeyThumbprint.Read(StrictCbor.ReadBytes(reader, KeyThumbprint.Size).Span);
                    break;
                case CoseHeader.Type:
                    type = ReadType(reader);
                    break;
                default:
                    throw new MalformedTokenException("it has a protected header other than alg, kid and typ");
            }
        }

        reader.ReadEndMap();
        Require(reader.BytesRemaining == 0, "bytes follow the end of its protected headers");
        Require(algorithm is not null, "its protected headers lack alg");
        Require(keyId is not null, "its protected headers lack kid");
        return new()
        {
            Algorithm = algorithm.GetValueOrDefault(),
            KeyId = keyId.GetValueOrDefault(),
            Type = type,
            HasCriticalHeaders = hasCritical,
            Payload = payload,
            SignatureBytes = signatureBytes,
        };
    }

    // Only to tell "demands what I do not know" from "is no token": whatever it lists, the token is refused.
    private static void ReadCritical(CborReader reader)
    {
        int? count = reader.ReadStartArray();
        for (int i = 0; i < count; i++)
        {
            StrictCbor.ReadLabel(reader);
        }

        reader.ReadEndArray();
    }

    private static ReadOnlyMemory<byte> ReadType(CborReader reader)
    {
        if (reader.PeekState() == CborReaderState.UnsignedInteger)
        {
            reader.ReadUInt64();
            return default;
        }

        return reader.ReadDefiniteLengthTextStringBytes();
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new MalformedTokenException(otherwise);
        }
    }
}
