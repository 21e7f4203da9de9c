using System.Diagnostics;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests.Sealing;

public sealed class SealerCrashTests : IDisposable
{
    private const int Kills = 25;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oml-crash-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_killed_sealer_leaves_a_whole_file_or_none()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string graph = Path.Combine(_folder.FullName, "model.onnx");
        string target = Path.Combine(_folder.FullName, "model.oml");
        string key = Path.Combine(_folder.FullName, "publisher.pem");
        using PermissionIssuer publisher = PermissionIssuer.Create();
        await File.WriteAllBytesAsync(graph, SealedFiles.Graph, cancellation);
        await File.WriteAllTextAsync(key, new string(publisher.ExportUnencryptedPkcs8PrivateKeyPem()), cancellation);
        Random random = new(1);
        int pending = 0;
        int whole = 0;
        for (int i = 0; i < Kills; i++)
        {
            using Process process = await CrashProcess.StartAsync(cancellation, "seal", graph, target, key);
            if (i % 2 == 1)
            {
                // Every other one has sealed at least once, however busy the machine is.
                await process.StandardOutput.ReadLineAsync(cancellation);
            }

            await Task.Delay(random.Next(60), cancellation);
            process.Kill();
            await process.WaitForExitAsync(cancellation);

            pending += _folder.GetFiles("*.partial").Length;
            if (File.Exists(target))
            {
                whole++;
                using SealedModel model = SealedModel.Open(target, publisher.PublicKey);
                await model.VerifyAsync(cancellationToken: cancellation);
            }
        }

        pending.Should().BePositive("else no sealer was killed while it worked");
        whole.Should().BePositive("else no sealer was killed after it had sealed once");
    }
}
