using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Metering.Receipts.Wire;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Fuzzing.Targets;

/// <summary>The file of a receipt, and the checkpoint in it. A bad one is a result, never an exception.</summary>
internal sealed class OfflineReceiptTarget : FuzzTarget
{
    public override string Name => "offline-receipt";

    public override void Decode(byte[] input)
    {
        _ = OfflineReceipt.TryRead(input, TestKeys.Issuer.PublicKey, out _);
        _ = ReceiptCheckpoint.TryRead(input, TestKeys.Issuer.PublicKey, out _);
        try
        {
            CheckpointCodec.Decode(input, []);
        }
        catch (MalformedTokenException)
        {
            // Refused as documented.
        }
    }

    public override IEnumerable<byte[]> Seeds()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("oml-fuzz-");
        try
        {
            ReceiptLog log = ReceiptLog.OpenAsync(folder.FullName, TestKeys.Issuer).GetAwaiter().GetResult();
            log.AppendAsync([.. Enumerable.Repeat(ReceiptTarget.Example, 5)]).GetAwaiter().GetResult();
            OfflineReceipt receipt = log.ExportAsync(3).GetAwaiter().GetResult();
            log.DisposeAsync().AsTask().GetAwaiter().GetResult();
            byte[] checkpoint = receipt.Checkpoint.Encoded.ToArray();
            return [receipt.Encoded.ToArray(), checkpoint, TokenEnvelope.Read(checkpoint).Payload.ToArray()];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
