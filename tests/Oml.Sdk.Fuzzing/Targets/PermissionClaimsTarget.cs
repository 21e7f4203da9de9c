using Oml.Sdk.Permissions;

namespace Oml.Sdk.Fuzzing.Targets;

/// <summary>The claims of a permission, behind the signature that mutation would break.</summary>
internal sealed class PermissionClaimsTarget : FuzzTarget
{
    public override string Name => "permission-claims";

    public override void Decode(byte[] input)
    {
        try
        {
            PermissionClaimsReader.Read(input);
        }
        catch (MalformedTokenException)
        {
            // Refused as documented.
        }
    }

    public override IEnumerable<byte[]> Seeds() => PermissionSeeds.Tokens().Select(token => TokenEnvelope.Read(token).Payload.ToArray());
}
