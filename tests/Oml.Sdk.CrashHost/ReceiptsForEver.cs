using System.Globalization;
using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.CrashHost;

/// <summary>Appends receipts and signs checkpoints, and says what was acknowledged, until it is killed.</summary>
internal static class ReceiptsForEver
{
    public static async Task<int> RunAsync(string folder, string hostPem)
    {
        using PermissionIssuer host = PermissionIssuer.ImportFromPem(await File.ReadAllTextAsync(hostPem));
        await using ReceiptLog log = await ReceiptLog.OpenAsync(folder, host);
        Console.WriteLine("open");
        Random random = new(Environment.ProcessId);
        while (true)
        {
            Receipt receipt = new()
            {
                Permission = new PermissionKey("https://publisher.example", PermissionNonce.CreateRandom()),
                Model = ModelId.Compute("model"u8),
                Licensee = "licensee-7",
                Units = 1,
                Time = TimeProvider.System.GetUtcNow(),
            };
            long first = await log.AppendAsync([.. Enumerable.Repeat(receipt, random.Next(1, 200))]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"receipts {log.Size} after {first}"));
            if (random.Next(5) == 0)
            {
                ReceiptCheckpoint checkpoint = await log.CheckpointAsync();
                Console.WriteLine("checkpoint " + Convert.ToHexString(checkpoint.Encoded.Span));
            }
        }
    }
}
