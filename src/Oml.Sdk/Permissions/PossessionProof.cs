using System.Formats.Cbor;

namespace Oml.Sdk.Permissions;

/// <summary>What a proof of possession says (docs/spec/permission.md §5).</summary>
internal sealed record PossessionProof(PermissionNonce Nonce, ReadOnlyMemory<byte> Challenge, long IssuedAt, InputDigest? InputDigest)
{
    public const int MaxBytes = 512;

    // RFC 9711 §4.1.
    private const long NonceClaim = 10;

    public static ReadOnlySpan<byte> TokenType => "application/oml-possession-proof+cwt"u8;

    /// <summary>Reads the payload of a proof whose signature was checked.</summary>
    /// <exception cref="MalformedTokenException">It has another form.</exception>
    public static PossessionProof Read(ReadOnlyMemory<byte> payload)
    {
        try
        {
            CborReader reader = StrictCbor.Open(payload);
            int? count = reader.ReadStartMap();
            Expect(reader, PermissionClaim.IssuedAt);
            long issuedAt = StrictCbor.ReadInteger(reader, 0, PermissionLimits.MaxUnixSeconds);
            Expect(reader, PermissionClaim.CwtId);
            PermissionNonce nonce = new(StrictCbor.ReadBytes(reader, PermissionNonce.Size).Span);
            Expect(reader, NonceClaim);
            ReadOnlyMemory<byte> challenge = StrictCbor.ReadBytes(reader, PossessionChallenges.Size);
            InputDigest? digest = null;
            if (count == 4)
            {
                Expect(reader, PermissionClaim.InputDigest);
                digest = new InputDigest(StrictCbor.ReadBytes(reader, Permissions.InputDigest.Size).Span);
            }

            reader.ReadEndMap();
            return reader.BytesRemaining == 0 ? new(nonce, challenge, issuedAt, digest) : throw new MalformedTokenException("bytes follow its end");
        }
        catch (Exception exception) when (StrictCbor.IsMalformed(exception))
        {
            throw new MalformedTokenException("it is not deterministic CBOR with the claims of a proof");
        }
    }

    public byte[] Encode()
    {
        byte[] nonce = new byte[PermissionNonce.Size];
        Nonce.CopyTo(nonce);
        CborWriter writer = new(CborConformanceMode.Ctap2Canonical);
        writer.WriteStartMap(InputDigest is null ? 3 : 4);
        writer.WriteInt64(PermissionClaim.IssuedAt);
        writer.WriteInt64(IssuedAt);
        writer.WriteInt64(PermissionClaim.CwtId);
        writer.WriteByteString(nonce);
        writer.WriteInt64(NonceClaim);
        writer.WriteByteString(Challenge.Span);
        if (InputDigest is { } digest)
        {
            writer.WriteInt64(PermissionClaim.InputDigest);
            writer.WriteByteString(digest.ToArray());
        }

        writer.WriteEndMap();
        return writer.Encode();
    }

    private static void Expect(CborReader reader, long label)
    {
        if (StrictCbor.ReadLabel(reader) != label)
        {
            throw new MalformedTokenException("its claims are not those of a proof");
        }
    }
}
