using System.Collections.Immutable;
using System.Formats.Cbor;
using System.Text;

namespace Oml.Sdk.Permissions;

/// <summary>Writes the parts of a token in the one form that the specification allows (RFC 8949 §4.2.1, RFC 9052 §4).</summary>
internal static class PermissionEncoder
{
    /// <summary>The media type in <c>typ</c> (RFC 9596).</summary>
    public static ReadOnlySpan<byte> TokenType => "application/oml-permission+cwt"u8;

    public static byte[] Protected(IssuerPublicKey key, ReadOnlySpan<byte> type)
    {
        CborWriter writer = Begin();
        writer.WriteStartMap(3);
        writer.WriteInt32(CoseHeader.Algorithm);
        writer.WriteInt32((int)key.Algorithm);
        writer.WriteInt32(CoseHeader.KeyId);
        writer.WriteByteString(key.KeyId.Span);
        writer.WriteInt32(CoseHeader.Type);
        writer.WriteTextString(Encoding.ASCII.GetString(type));
        writer.WriteEndMap();
        return writer.Encode();
    }

    public static byte[] Claims(PermissionDraft draft, string issuer, ReadOnlyMemory<byte>? parent = null)
    {
        PermissionRequest request = draft.Request;
        byte[] nonce = new byte[PermissionNonce.Size];
        draft.Nonce.CopyTo(nonce);

        // The writer sorts; the labels are in the order of the result all the same, so that this reads like a token.
        CborWriter writer = Begin();
        writer.WriteStartMap(null);
        Text(PermissionClaim.Issuer, issuer);
        Text(PermissionClaim.Subject, request.Licensee);
        Text(PermissionClaim.Audience, request.Audience);
        Number(PermissionClaim.ExpirationTime, draft.ExpiresAt);
        Number(PermissionClaim.NotBefore, draft.NotBefore);
        Number(PermissionClaim.IssuedAt, draft.IssuedAt);
        Bytes(PermissionClaim.CwtId, nonce);
        if (request.ConfirmationKey is { } confirmation)
        {
            writer.WriteInt64(PermissionClaim.Confirmation);
            ConfirmationClaim.Write(writer, confirmation);
        }

        Bytes(PermissionClaim.Model, request.Model.ToArray());
        Texts(PermissionClaim.Scopes, draft.Scopes);
        Number(PermissionClaim.Quota, request.Quota);
        Number(PermissionClaim.Unit, request.Unit == MeteringUnit.Call ? null : (long)request.Unit);
        Number(PermissionClaim.Use, request.Use == PermissionUse.SingleSession ? null : (long)request.Use);
        Number(PermissionClaim.FingerprintId, (long)draft.FingerprintId);
        if (request.Rate is { } rate)
        {
            writer.WriteInt64(PermissionClaim.Rate);
            writer.WriteStartArray(2);
            writer.WriteInt64(rate.Units);
            writer.WriteInt32(rate.Seconds);
            writer.WriteEndArray();
        }

        if (request.OutputPolicy is { } policy)
        {
            writer.WriteInt64(PermissionClaim.OutputPolicy);
            OutputPolicyClaim.Write(writer, policy);
        }

        if (request.InputDigest is { } digest)
        {
            Bytes(PermissionClaim.InputDigest, digest.ToArray());
        }

        if (request.PermitChain is { } chain)
        {
            writer.WriteInt64(PermissionClaim.PermitChain);
            writer.WriteStartArray(2);
            writer.WriteByteString(chain.Value.Span);
            writer.WriteInt32(chain.Length);
            writer.WriteEndArray();
        }

        if (request.Status is { } status)
        {
            writer.WriteInt64(PermissionClaim.Status);
            writer.WriteStartArray(2);
            writer.WriteTextString(status.Uri);
            writer.WriteInt32(status.Index);
            writer.WriteEndArray();
        }

        Texts(PermissionClaim.Features, draft.Features);
        if (parent is { } token)
        {
            Bytes(PermissionClaim.Delegation, token.Span);
        }

        if (request.IsTrial)
        {
            writer.WriteInt64(PermissionClaim.Trial);
            writer.WriteBoolean(true);
        }

        Number(PermissionClaim.Grace, draft.GraceSeconds == 0 ? null : draft.GraceSeconds);
        if (request.WrappedContentKey is { } wrapped)
        {
            Bytes(PermissionClaim.WrappedContentKey, wrapped.Span);
        }

        writer.WriteEndMap();
        return writer.Encode();

        void Text(long label, string? value)
        {
            if (value is not null)
            {
                writer.WriteInt64(label);
                writer.WriteTextString(value);
            }
        }

        void Texts(long label, ImmutableArray<byte[]> texts)
        {
            if (!texts.IsEmpty)
            {
                writer.WriteInt64(label);
                writer.WriteStartArray(texts.Length);
                foreach (byte[] text in texts)
                {
                    writer.WriteTextString(Encoding.UTF8.GetString(text));
                }

                writer.WriteEndArray();
            }
        }

        void Number(long label, long? value)
        {
            if (value is { } number)
            {
                writer.WriteInt64(label);
                writer.WriteInt64(number);
            }
        }

        void Bytes(long label, ReadOnlySpan<byte> value)
        {
            writer.WriteInt64(label);
            writer.WriteByteString(value);
        }
    }

    /// <summary>What is signed: the Sig_structure of RFC 9052 §4.4, without external data.</summary>
    public static byte[] SignatureInput(byte[] protectedHeaders, byte[] payload)
    {
        CborWriter writer = Begin();
        writer.WriteStartArray(4);
        writer.WriteTextString("Signature1");
        writer.WriteByteString(protectedHeaders);
        writer.WriteByteString([]);
        writer.WriteByteString(payload);
        writer.WriteEndArray();
        return writer.Encode();
    }

    public static byte[] Token(byte[] protectedHeaders, byte[] payload, byte[] signature)
    {
        CborWriter writer = Begin();
        writer.WriteStartArray(4);
        writer.WriteByteString(protectedHeaders);
        writer.WriteStartMap(0);
        writer.WriteEndMap();
        writer.WriteByteString(payload);
        writer.WriteByteString(signature);
        writer.WriteEndArray();

        // CTAP2 knows no tags, so the writer refuses the one that the token starts with.
        byte[] token = new byte[1 + writer.BytesWritten];
        token[0] = CoseHeader.Sign1Tag;
        writer.Encode(token.AsSpan(1));
        return token;
    }

    private static CborWriter Begin() => new(CborConformanceMode.Ctap2Canonical, convertIndefiniteLengthEncodings: true);
}
