using Oml.Sdk.Permissions;

namespace ClassifierService;

/// <summary>The keys that the sample makes for itself. In life the publisher's is elsewhere, and only its public half here.</summary>
internal sealed class ServiceKeys : IDisposable
{
    private ServiceKeys(PermissionIssuer publisher, PermissionIssuer host)
    {
        Publisher = publisher;
        Host = host;
    }

    /// <summary>Signs permissions.</summary>
    public PermissionIssuer Publisher { get; }

    /// <summary>Signs the checkpoints of this service's receipts.</summary>
    public PermissionIssuer Host { get; }

    public static ServiceKeys LoadOrCreate(string folder) => new(Load(Path.Combine(folder, "publisher.pem")), Load(Path.Combine(folder, "host.pem")));

    public void Dispose()
    {
        Publisher.Dispose();
        Host.Dispose();
    }

    private static PermissionIssuer Load(string path)
    {
        if (File.Exists(path))
        {
            return PermissionIssuer.ImportFromPem(File.ReadAllText(path));
        }

        PermissionIssuer issuer = PermissionIssuer.Create();
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using StreamWriter writer = new(path, options);
        writer.Write(issuer.ExportUnencryptedPkcs8PrivateKeyPem());
        return issuer;
    }
}
