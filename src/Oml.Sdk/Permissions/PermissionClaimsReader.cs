using System.Collections.Immutable;
using System.Formats.Cbor;
using Oml.Sdk.Permissions.Revocation;

namespace Oml.Sdk.Permissions;

/// <summary>Reads the payload of a token whose signature was checked.</summary>
internal static class PermissionClaimsReader
{
    /// <summary>Reads the claims.</summary>
    /// <exception cref="MalformedTokenException">The payload has another form.</exception>
    public static PermissionClaims Read(ReadOnlyMemory<byte> payload)
    {
        PermissionClaims claims = new();
        Int128? label = null;
        string? where = "its claims are not a map";
        try
        {
            CborReader reader = StrictCbor.Open(payload);
            int? count = reader.ReadStartMap();
            if (count > PermissionLimits.MaxClaims)
            {
                throw new MalformedTokenException($"there are more than {PermissionLimits.MaxClaims}");
            }

            for (int i = 0; i < count; i++)
            {
                where = "a claim has a bad name, is out of order or is there twice";
                label = StrictCbor.ReadLabel(reader);
                where = null;
                ReadClaim(reader, label, claims);
            }

            where = "bytes follow the end of its claims";
            reader.ReadEndMap();
            return reader.BytesRemaining == 0 ? claims : throw new CborContentException(where);
        }
        catch (MalformedTokenException exception)
        {
            throw new MalformedTokenException($"{where ?? InClaim(label)}: {exception.Message}");
        }
        catch (Exception exception) when (StrictCbor.IsMalformed(exception))
        {
            throw new MalformedTokenException(where ?? InClaim(label));
        }
    }

    private static string InClaim(Int128? label) =>
        $"its claim {(label is null ? "with a name of text" : PermissionClaim.Describe(label.Value))} is not as specified";

    private static void ReadClaim(CborReader reader, Int128? label, PermissionClaims claims)
    {
        switch (StrictCbor.Narrow(label))
        {
            case PermissionClaim.Issuer:
                claims.Issuer = StrictCbor.ReadText(reader, PermissionLimits.MaxIssuerBytes);
                break;
            case PermissionClaim.Subject:
                claims.Licensee = StrictCbor.ReadText(reader, PermissionLimits.MaxLicenseeBytes);
                break;
            case PermissionClaim.Audience:
                claims.Audience = StrictCbor.ReadText(reader, PermissionLimits.MaxAudienceBytes);
                break;
            case PermissionClaim.ExpirationTime:
                claims.ExpiresAt = ReadTime(reader);
                break;
            case PermissionClaim.NotBefore:
                claims.NotBefore = ReadTime(reader);
                break;
            case PermissionClaim.IssuedAt:
                claims.IssuedAt = ReadTime(reader);
                break;
            case PermissionClaim.CwtId:
                claims.Nonce = new PermissionNonce(StrictCbor.ReadBytes(reader, PermissionNonce.Size).Span);
                break;
            case PermissionClaim.Confirmation:
                claims.ConfirmationKey = Known(ConfirmationClaim.Read(reader), label, claims);
                break;
            case PermissionClaim.Model:
                claims.Model = new ModelId(StrictCbor.ReadBytes(reader, ModelId.Size).Span);
                break;
            case PermissionClaim.Scopes:
                claims.Scopes = ReadTexts(reader, "scope", PermissionLimits.MaxScopes, PermissionLimits.MaxScopeBytes);
                break;
            case PermissionClaim.Quota:
                claims.Quota = StrictCbor.ReadInteger(reader, 1, PermissionLimits.MaxQuota);
                break;
            case PermissionClaim.Unit:
                claims.Unit = (MeteringUnit)ReadVariant(reader, label, claims);
                break;
            case PermissionClaim.Use:
                claims.Use = (PermissionUse)ReadVariant(reader, label, claims);
                break;
            case PermissionClaim.FingerprintId:
                claims.FingerprintId = (ulong)StrictCbor.ReadInteger(reader, 0, long.MaxValue);
                break;
            case PermissionClaim.Rate:
                claims.Rate = ReadRate(reader);
                break;
            case PermissionClaim.PermitChain:
                claims.PermitChain = ReadChain(reader);
                break;
            case PermissionClaim.OutputPolicy:
                claims.OutputPolicy = Known(OutputPolicyClaim.Read(reader), label, claims);
                break;
            case PermissionClaim.InputDigest:
                claims.InputDigest = new InputDigest(StrictCbor.ReadBytes(reader, InputDigest.Size).Span);
                break;
            case PermissionClaim.WrappedContentKey:
                claims.WrappedContentKey = StrictCbor.ReadBytes(reader, PermissionLimits.WrappedContentKeyBytes).ToArray();
                break;
            case PermissionClaim.Status:
                claims.Status = ReadStatus(reader);
                break;
            case PermissionClaim.Features:
                claims.Features = ReadTexts(reader, "feature", PermissionLimits.MaxFeatures, PermissionLimits.MaxFeatureBytes);
                break;
            case PermissionClaim.Trial:
                claims.IsTrial = reader.ReadBoolean() ? true : throw new MalformedTokenException("it is false, which is left out");
                break;
            case PermissionClaim.Grace:
                claims.GraceSeconds = StrictCbor.ReadInteger(reader, 1, PermissionLimits.MaxGraceSeconds);
                break;
            case PermissionClaim.Delegation:
                claims.Delegation = reader.ReadDefiniteLengthByteString();
                break;
            default:
                StrictCbor.Skip(reader);
                claims.Unsupported ??= label is null ? "with a name of text" : PermissionClaim.Describe(label.Value);
                break;
        }
    }

    private static T? Known<T>(T? claim, Int128? label, PermissionClaims claims)
        where T : class
    {
        if (claim is null)
        {
            claims.Unsupported ??= PermissionClaim.Describe(label.GetValueOrDefault());
        }

        return claim;
    }

    private static long ReadTime(CborReader reader) => StrictCbor.ReadInteger(reader, 0, PermissionLimits.MaxUnixSeconds);

    // 1 is the default and is left out; 2 is the only other variant so far; a later version may have more.
    private static int ReadVariant(CborReader reader, Int128? label, PermissionClaims claims)
    {
        long value = StrictCbor.ReadInteger(reader, 2, long.MaxValue);
        if (value > 2)
        {
            claims.Unsupported ??= PermissionClaim.Describe(label.GetValueOrDefault());
        }

        return 2;
    }

    private static RateLimit ReadRate(CborReader reader)
    {
        if (reader.ReadStartArray() != 2)
        {
            throw new MalformedTokenException("it is not a number of units and of seconds");
        }

        long units = StrictCbor.ReadInteger(reader, 1, PermissionLimits.MaxQuota);
        long seconds = StrictCbor.ReadInteger(reader, 1, RateLimit.MaxSeconds);
        reader.ReadEndArray();
        return new RateLimit(units, (int)seconds);
    }

    private static PermitChainAnchor ReadChain(CborReader reader)
    {
        if (reader.ReadStartArray() != 2)
        {
            throw new MalformedTokenException("it is not an anchor and a length");
        }

        ReadOnlyMemory<byte> anchor = StrictCbor.ReadBytes(reader, PermitChain.PreimageSize);
        long length = StrictCbor.ReadInteger(reader, 1, PermitChain.MaxLength);
        reader.ReadEndArray();
        return new PermitChainAnchor(anchor.Span, (int)length);
    }

    private static StatusReference ReadStatus(CborReader reader)
    {
        if (reader.ReadStartArray() != 2)
        {
            throw new MalformedTokenException("it is not a uri and an index");
        }

        string uri = StrictCbor.ReadText(reader, StatusReference.MaxUriBytes);
        long index = StrictCbor.ReadInteger(reader, 0, StatusReference.MaxIndex);
        reader.ReadEndArray();
        return new StatusReference(uri, (int)index);
    }

    private static ImmutableArray<string> ReadTexts(CborReader reader, string what, int most, int mostBytes)
    {
        int? count = reader.ReadStartArray();
        if (count is not { } some || some < 1 || some > most)
        {
            throw new MalformedTokenException($"it does not have 1 to {most} {what}s");
        }

        ImmutableArray<string>.Builder texts = ImmutableArray.CreateBuilder<string>();
        ReadOnlyMemory<byte> previous = default;
        for (int i = 0; i < some; i++)
        {
            ReadOnlyMemory<byte> bytes = reader.ReadDefiniteLengthTextStringBytes();
            if (!ClaimText.TryRead(bytes.Span, mostBytes, out string? text))
            {
                throw new MalformedTokenException($"a {what} is not 1 to {mostBytes} bytes of UTF-8 without control characters");
            }

            if (bytes.Span.SequenceCompareTo(previous.Span) <= 0)
            {
                throw new MalformedTokenException($"its {what}s are not sorted, or one is there twice");
            }

            texts.Add(text);
            previous = bytes;
        }

        reader.ReadEndArray();
        return texts.DrainToImmutable();
    }
}
