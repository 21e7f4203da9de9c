using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Metering.Receipts.Storage;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Metering.Receipts;

/// <summary>A folder for a log, its host, and receipts.</summary>
internal sealed class LogFixture : IDisposable
{
    public static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_767_225_600);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oml-receipts-");

    public PermissionIssuer Host { get; } = PermissionIssuer.Create(name: "https://host.example");

    public string Folder => Path.Combine(_folder.FullName, "log");

    public LogFolder Paths => new(Folder);

    public IEnumerable<string> Files => Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    public static Receipt Receipt(long n, string licensee = "licensee-7") => new()
    {
        Permission = new PermissionKey("https://publisher.example", new PermissionNonce(new byte[16])),
        Model = ModelId.Compute("model"u8),
        Licensee = licensee,
        Units = 1 + (n % 5),
        FirstUnit = n % 3 == 0 ? null : n,
        Time = Start.AddSeconds(n),
        InputsDigest = n % 2 == 0 ? ReceiptHash.Compute(BitConverter.GetBytes(n)) : null,
    };

    public static Receipt[] Receipts(long first, int count) => [.. Enumerable.Range(0, count).Select(i => Receipt(first + i))];

    public Task<ReceiptLog> OpenAsync() => ReceiptLog.OpenAsync(Folder, Host, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Writes a log with a checkpoint at each of the sizes, and receipts after the last one.</summary>
    public async Task WriteAsync(int size, params int[] checkpoints)
    {
        await using ReceiptLog log = await OpenAsync();
        foreach (int checkpoint in checkpoints)
        {
            await log.AppendAsync(Receipts(log.Size, checkpoint - (int)log.Size));
            await log.CheckpointAsync();
        }

        await log.AppendAsync(Receipts(log.Size, size - (int)log.Size));
    }

    public string CopyFolder()
    {
        string copy = Path.Combine(_folder.FullName, Guid.NewGuid().ToString("n"));
        foreach (string file in Files)
        {
            string target = Path.Combine(copy, Path.GetRelativePath(Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return copy;
    }

    public void Dispose()
    {
        Host.Dispose();
        _folder.Delete(recursive: true);
    }
}
