using System.Diagnostics;
using System.Globalization;
using System.Text;
using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests.Metering.Receipts;

public sealed class ReceiptLogCrashTests : IDisposable
{
    private const int Kills = 40;

    private readonly LogFixture _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task A_killed_host_loses_nothing_that_was_acknowledged_and_its_log_is_intact_once_opened()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string key = Path.Combine(Path.GetDirectoryName(_files.Folder)!, "host.pem");
        await File.WriteAllTextAsync(key, new string(_files.Host.ExportUnencryptedPkcs8PrivateKeyPem()), cancellation);
        Random random = new(1);
        List<ReceiptCheckpoint> known = [];
        long acknowledged = 0;
        for (int i = 0; i < Kills; i++)
        {
            using Process process = await CrashProcess.StartAsync(cancellation, "receipts", _files.Folder, key);
            // On a slow machine a host may acknowledge nothing in its time: every fourth one is left alone until it has signed.
            string signed = i % 4 == 0 ? await ReadToFirstCheckpointAsync(process.StandardOutput, cancellation) : string.Empty;
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation);
            await Task.Delay(random.Next(60), cancellation);
            process.Kill();
            await process.WaitForExitAsync(cancellation);
            foreach (string[] words in (signed + await output).Split('\n')[..^1].Select(line => line.Split(' ')))
            {
                if (words[0] == "receipts")
                {
                    acknowledged = long.Parse(words[1], CultureInfo.InvariantCulture);
                }
                else
                {
                    ReceiptCheckpoint.TryRead(Convert.FromHexString(words[1]), _files.Host.PublicKey, out ReceiptCheckpoint? checkpoint)
                        .Should().Be(ReceiptLogFault.None);
                    known.Add(checkpoint!);
                }
            }

            await using (ReceiptLog log = await _files.OpenAsync())
            {
                log.Size.Should().BeGreaterThanOrEqualTo(acknowledged);
            }

            ReceiptLogReport report = await ReceiptLogChecker.CheckAsync(_files.Folder, _files.Host.PublicKey, known, cancellationToken: cancellation);
            report.Problems.Should().BeEmpty();
        }

        acknowledged.Should().BePositive("else no host was killed after it had appended");
        known.Should().NotBeEmpty();
    }

    private static async Task<string> ReadToFirstCheckpointAsync(StreamReader output, CancellationToken cancellationToken)
    {
        StringBuilder read = new();
        while (await output.ReadLineAsync(cancellationToken) is { } line)
        {
            read.Append(line).Append('\n');
            if (line.StartsWith("checkpoint", StringComparison.Ordinal))
            {
                break;
            }
        }

        return read.ToString();
    }
}
