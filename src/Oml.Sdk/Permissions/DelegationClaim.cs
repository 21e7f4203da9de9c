using System.Formats.Cbor;

namespace Oml.Sdk.Permissions;

/// <summary>The delegation claim: the token that a delegated permission comes from.</summary>
internal static class DelegationClaim
{
    /// <summary>The most delegations from a publisher's permission to the one that is presented.</summary>
    public const int MaxDepth = 4;

    /// <summary>Finds the claim in a payload whose signature is not checked yet, because only the claim says whose it must be.</summary>
    /// <returns>The parent's token; null when there is none, also in a payload of another form.</returns>
    public static ReadOnlyMemory<byte>? Find(ReadOnlyMemory<byte> payload)
    {
        try
        {
            CborReader reader = StrictCbor.Open(payload);
            int? count = reader.ReadStartMap();
            for (int i = 0; i < Math.Min(count.GetValueOrDefault(), PermissionLimits.MaxClaims); i++)
            {
                if (StrictCbor.Narrow(StrictCbor.ReadLabel(reader)) == PermissionClaim.Delegation)
                {
                    return reader.ReadDefiniteLengthByteString();
                }

                StrictCbor.Skip(reader);
            }

            return null;
        }
        catch (Exception exception) when (exception is MalformedTokenException || StrictCbor.IsMalformed(exception))
        {
            return null;
        }
    }
}
