using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Fuzzing.Targets;

/// <summary>A receipt.</summary>
internal sealed class ReceiptTarget : FuzzTarget
{
    public override string Name => "receipt";

    public static Receipt Example => new()
    {
        Permission = new PermissionKey("https://publisher.example", new PermissionNonce(new byte[16])),
        Model = PermissionSeeds.Model,
        Licensee = "licensee",
        Units = 5,
        FirstUnit = 0,
        Time = DateTimeOffset.FromUnixTimeSeconds(1_767_225_600),
        InputsDigest = ReceiptHash.Compute("inputs"u8),
        OutputsDigest = ReceiptHash.Compute("outputs"u8),
    };

    public override void Decode(byte[] input)
    {
        try
        {
            Receipt receipt = Receipt.Decode(input);
            if (!receipt.Encode().AsSpan().SequenceEqual(input))
            {
                throw new InvalidDataException("A receipt that was accepted is not in its one form.");
            }
        }
        catch (FormatException)
        {
            // Refused as documented.
        }
    }

    public override IEnumerable<byte[]> Seeds() =>
        [Example.Encode(), (Example with { FirstUnit = null, InputsDigest = null, OutputsDigest = null }).Encode()];
}
