using Oml.Sdk.Permissions;

namespace Oml.Sdk.Fuzzing.Targets;

/// <summary>The payload of a proof of possession.</summary>
internal sealed class PossessionProofTarget : FuzzTarget
{
    public override string Name => "possession-proof";

    public override void Decode(byte[] input)
    {
        try
        {
            PossessionProof.Read(input);
        }
        catch (MalformedTokenException)
        {
            // Refused as documented.
        }
    }

    public override IEnumerable<byte[]> Seeds()
    {
        using PossessionKey holder = PossessionKey.Create();
        byte[] permission = TestKeys.Issuer.Issue(new PermissionRequest
        {
            Licensee = "l",
            Model = PermissionSeeds.Model,
            Lifetime = TimeSpan.FromDays(1),
            ConfirmationKey = holder.PublicKey,
        });
        byte[] proof = holder.Prove(permission, new byte[32]);
        return [TokenEnvelope.Read(proof).Payload.ToArray()];
    }
}
