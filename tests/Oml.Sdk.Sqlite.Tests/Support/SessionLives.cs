using System.Diagnostics;
using System.Globalization;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Sqlite.Tests.Support;

/// <summary>One permission, and what the processes said that used it, one after another.</summary>
internal sealed class SessionLives : IDisposable
{
    private readonly LedgerFolder _ledger;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oml-session-");

    public SessionLives(LedgerFolder ledger, PermissionIssuer issuer, long quota, PermissionUse use)
    {
        _ledger = ledger;
        Quota = quota;
        byte[] token = issuer.Issue(new PermissionRequest
        {
            Licensee = "licensee",
            Model = ModelId.Compute("a model"u8),
            Lifetime = TimeSpan.FromDays(1),
            Quota = quota,
            Use = use,
        });
        File.WriteAllText(IssuerFile, issuer.PublicKey.ExportSubjectPublicKeyInfoPem());
        File.WriteAllBytes(TokenFile, token);
        CosePermissionVerifierOptions options = new();
        options.TrustedIssuers.Add(new(issuer.PublicKey));
        Key = new CosePermissionVerifier(options)
            .VerifyAsync(token, new(ModelId.Compute("a model"u8))).AsTask().GetAwaiter().GetResult().Permission!.Key;
    }

    public PermissionKey Key { get; }

    public long Quota { get; }

    /// <summary>How many inferences ran, those included that a kill kept from being delivered.</summary>
    public long Runs { get; private set; }

    public int Redeems { get; private set; }

    /// <summary>Whether a process was killed that had asked to redeem and had no answer: whether it was redeemed, only the ledger knows.</summary>
    public bool DiedRedeeming { get; private set; }

    public int Kills { get; private set; }

    /// <summary>The sum of what each process that was killed had asked for last.</summary>
    public long LastBlocks { get; private set; }

    /// <summary>What the permission was refused with at last.</summary>
    public string? Refused { get; private set; }

    private string IssuerFile => Path.Combine(_folder.FullName, "issuer.pem");

    private string TokenFile => Path.Combine(_folder.FullName, "token");

    /// <summary>Runs a process until it is refused, or is killed at the first of what is given.</summary>
    /// <param name="stopAt">The word behind which it stops and is killed.</param>
    /// <param name="afterRuns">After how many of its inferences it is killed; it goes on meanwhile.</param>
    /// <param name="after">How long after its start it is killed.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task LiveAsync(
        string? stopAt = null, int? afterRuns = null, TimeSpan? after = null, CancellationToken cancellationToken = default)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        using Process process = Process.Start(new ProcessStartInfo(
            host, [Path.Combine(AppContext.BaseDirectory, "Oml.Sdk.SessionHost.dll"), _ledger.Path, IssuerFile, TokenFile, stopAt ?? "never"])
        {
            RedirectStandardOutput = true,
        })!;
        long lastBlock = 0;
        bool isRefused = false;
        bool isRedeeming = false;
        int runs = 0;
        Task reading = Task.Run(ReadAsync, cancellationToken);
        if (after is { } life)
        {
            await Task.WhenAny(reading, Task.Delay(life, cancellationToken));
            process.Kill();
        }

        await reading;
        await process.WaitForExitAsync(cancellationToken);
        if (!isRefused)
        {
            process.ExitCode.Should().NotBe(0, "it was killed");
            Kills++;
            LastBlocks += lastBlock;
            DiedRedeeming |= isRedeeming;
        }

        async Task ReadAsync()
        {
            while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
            {
                string[] words = line.Split(' ');
                switch (words[0])
                {
                    case "run":
                        Runs++;
                        runs++;
                        break;
                    case "redeem":
                        isRedeeming = true;
                        break;
                    case "redeemed":
                        isRedeeming = false;
                        Redeems++;
                        break;
                    case "ask":
                        lastBlock = long.Parse(words[1], CultureInfo.InvariantCulture);
                        break;
                    case "refused":
                        isRefused = true;
                        Refused = words[1];
                        break;
                }

                if (words[0] == stopAt || (words[0] == "run" && runs == afterRuns))
                {
                    process.Kill();
                }
            }
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
