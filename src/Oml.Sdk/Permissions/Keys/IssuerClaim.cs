using System.Formats.Cbor;

namespace Oml.Sdk.Permissions;

/// <summary>The iss claim of a token whose signature is not checked: only to decide whose keys to look for.</summary>
internal static class IssuerClaim
{
    /// <summary>Finds the claim, which is the first of the map.</summary>
    /// <returns>The name; null when there is none, also in a payload of another form.</returns>
    public static string? Find(ReadOnlyMemory<byte> payload)
    {
        try
        {
            CborReader reader = StrictCbor.Open(payload);
            return reader.ReadStartMap() > 0 && StrictCbor.Narrow(StrictCbor.ReadLabel(reader)) == PermissionClaim.Issuer
                ? StrictCbor.ReadText(reader, PermissionLimits.MaxIssuerBytes)
                : null;
        }
        catch (Exception exception) when (exception is MalformedTokenException || StrictCbor.IsMalformed(exception))
        {
            return null;
        }
    }
}
