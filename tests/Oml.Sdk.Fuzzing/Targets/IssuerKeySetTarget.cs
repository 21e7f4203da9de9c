using System.Security.Cryptography;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Fuzzing.Targets;

/// <summary>Sets of issuers' keys in whichever form, as they come from a network.</summary>
internal sealed class IssuerKeySetTarget : FuzzTarget
{
    public override string Name => "issuer-key-set";

    public override void Decode(byte[] input)
    {
        try
        {
            IssuerKeySet.Import(input);
        }
        catch (CryptographicException)
        {
            // Refused as documented.
        }
    }

    public override IEnumerable<byte[]> Seeds() => IssuerKeySeeds.Sets();
}
