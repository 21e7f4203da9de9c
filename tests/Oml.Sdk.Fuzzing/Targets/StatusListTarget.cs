using Oml.Sdk.Permissions;
using Oml.Sdk.Permissions.Revocation;

namespace Oml.Sdk.Fuzzing.Targets;

/// <summary>The claims of a status list, behind the signature that mutation would break.</summary>
internal sealed class StatusListTarget : FuzzTarget
{
    public override string Name => "status-list";

    // A list may inflate to 16 MiB; growing to it by doubling, and the copy, take four times that.
    public override long MaxAllocation(int length) => base.MaxAllocation(length) + (4L * StatusList.MaxSize);

    public override void Decode(byte[] input)
    {
        try
        {
            StatusListReader.ReadClaims(input, TestKeys.Issuer.PublicKey.Thumbprint);
        }
        catch (MalformedTokenException)
        {
            // Refused as documented.
        }
    }

    public override IEnumerable<byte[]> Seeds()
    {
        StatusListBuilder list = new("https://publisher.example/status/1", 1000) { [5] = PermissionStatus.Revoked };
        return [TokenEnvelope.Read(list.Sign(TestKeys.Issuer, TimeSpan.FromDays(1))).Payload.ToArray()];
    }
}
