using Oml.Sdk.Metering.Receipts.Storage;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering.Receipts.Checking;

/// <summary>The checkpoints of a folder, one after the other, each verified.</summary>
internal static class CheckpointSequence
{
    public static IEnumerable<ReceiptCheckpoint> Read(LogFolder folder, IssuerPublicKey key, ProblemList problems)
    {
        Bundle bundle = new(ReceiptCheckpoint.MaxEncodedBytes);
        long files = TilePath.Count(folder.Checkpoints);
        ReceiptCheckpoint? last = null;
        for (long file = 0; file < files; file++)
        {
            string path = TilePath.Of(folder.Checkpoints, file);
            bundle.Read(path);
            bool isLast = file == files - 1;
            for (int i = 0; i < bundle.Count; i++)
            {
                ReceiptLogFault fault = ReceiptCheckpoint.TryRead(bundle[i], key, out ReceiptCheckpoint? checkpoint);
                if (checkpoint is null && isLast && IsUnfinished(bundle, i, key))
                {
                    problems.Add(ReceiptLogFault.TornTail, last?.Size ?? 0, $"'{path}' ends within a checkpoint");
                    yield break;
                }

                if (checkpoint is null)
                {
                    problems.Add(fault, last?.Size ?? 0, $"a checkpoint in '{path}' was not signed by this host, or was changed");
                    continue;
                }

                if (last is not null && (checkpoint.Origin != last.Origin || checkpoint.Size <= last.Size))
                {
                    problems.Add(
                        ReceiptLogFault.UnorderedCheckpoint, checkpoint.Size, $"the checkpoint of {checkpoint} does not follow that of {last}");
                    continue;
                }

                last = checkpoint;
                yield return checkpoint;
            }

            if (bundle.RestBytes > 0)
            {
                problems.Add(
                    isLast && IsUnfinished(bundle, bundle.Count, key) ? ReceiptLogFault.TornTail : ReceiptLogFault.TrailingData,
                    last?.Size ?? 0,
                    $"'{path}' has {bundle.RestBytes} bytes after its last checkpoint");
            }
        }
    }

    private static bool IsUnfinished(Bundle bundle, int from, IssuerPublicKey key) =>
        from < TilePath.Width
        && bundle.WholeBytes + bundle.RestBytes - bundle.BytesOf(from) == bundle.From(from).Length
        && CheckpointTail.IsUnfinished(bundle.From(from), bundle.BytesOf(from), key);
}
