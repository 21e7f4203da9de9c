using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;
using Oml.Sdk.Sealing.Manifest;

namespace Oml.Sdk.Fuzzing.Targets;

/// <summary>The manifest of a sealed model, behind the signature that mutation would break.</summary>
internal sealed class ManifestTarget : FuzzTarget
{
    public override string Name => "manifest";

    public override void Decode(byte[] input)
    {
        try
        {
            ManifestReader.Read(input);
        }
        catch (Exception error) when (error is MalformedTokenException or SealedModelException)
        {
            // Refused as documented.
        }
    }

    public override IEnumerable<byte[]> Seeds()
    {
        foreach (byte[] file in new SealedModelTarget().Seeds())
        {
            int length = FileHeader.Read(file.AsSpan(0, FileHeader.Size), "seed");
            yield return TokenEnvelope.Read(file.AsMemory(FileHeader.Size, length)).Payload.ToArray();
        }
    }
}
