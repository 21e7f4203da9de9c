using System.Text.Json.Serialization;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Permissions;

/// <summary>The claims of a permission as plain values.</summary>
public sealed record PermissionVectorClaims(
    string Iss,
    string Sub,
    string? Aud,
    long Exp,
    long? Nbf,
    long Iat,
    string Cti,
    string Model,
    string[] Scopes,
    long? Quota,
    MeteringUnit Unit,
    PermissionUse Use,
    ulong FingerprintId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? WrappedContentKey = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? InputDigest = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? OutputPolicy = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ChainAnchor = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? ChainLength = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Rate = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ConfirmationKey = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? DelegatedBy = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string[]? Features = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Trial = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Grace = null)
{
    public static PermissionVectorClaims From(Permission permission) => new(
        permission.Issuer,
        permission.Licensee,
        permission.Audience,
        permission.ExpiresAt.ToUnixTimeSeconds(),
        permission.NotBefore?.ToUnixTimeSeconds(),
        permission.IssuedAt.ToUnixTimeSeconds(),
        permission.Nonce.ToString(),
        permission.Model.ToString(),
        [.. permission.Scopes],
        permission.Quota,
        permission.Unit,
        permission.Use,
        permission.FingerprintId,
        permission.WrappedContentKey is { } wrapped ? Convert.ToHexStringLower(wrapped.Span) : null,
        permission.InputDigest?.ToString(),
        permission.OutputPolicy?.ToString(),
        permission.PermitChain is { } chain ? Convert.ToHexStringLower(chain.Value.Span) : null,
        permission.PermitChain?.Length,
        permission.Rate?.ToString(),
        permission.ConfirmationKey is { } key ? Convert.ToHexStringLower(key.KeyId.Span) : null,
        permission.Parent?.Licensee,
        permission.Features.IsEmpty ? null : [.. permission.Features],
        permission.IsTrial ? true : null,
        permission.Grace > TimeSpan.Zero ? (long)permission.Grace.TotalSeconds : null);
}
