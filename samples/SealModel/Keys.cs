using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;

namespace SealModel;

/// <summary>Keys in a folder: private ones encrypted with a password, public ones in clear.</summary>
internal static class Keys
{
    public const string PublisherKey = "publisher-key.pem";
    public const string ContentKeyFile = "content-key.pem";

    /// <summary>The password, which is never an argument: arguments are seen by everybody on the machine.</summary>
    public static string Password => Environment.GetEnvironmentVariable("OML_PASSWORD") is { Length: > 0 } password
        ? password
        : throw new ArgumentException("Set the environment variable OML_PASSWORD to the password of the key files.");

    public static async Task CreateAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        using PermissionIssuer publisher = PermissionIssuer.Create();
        using ContentKey content = ContentKey.Generate();
        await content.SaveAsync(Path.Combine(folder, ContentKeyFile), Password.AsMemory());
        await File.WriteAllTextAsync(Path.Combine(folder, PublisherKey), publisher.ExportEncryptedPkcs8PrivateKeyPem(Password));
        await File.WriteAllTextAsync(Path.Combine(folder, "publisher.pem"), publisher.PublicKey.ExportSubjectPublicKeyInfoPem());
        Console.WriteLine($"{PublisherKey}   signs models and permissions: keep it");
        Console.WriteLine($"{ContentKeyFile}     opens the model: keep it");
        Console.WriteLine("publisher.pem       what applications trust: hand it out");
    }

    public static async Task CreateLicenseeAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        using LicenseeKey licensee = LicenseeKey.Create();
        await licensee.SaveAsync(Path.Combine(folder, "licensee-key.pem"), Password.AsMemory());
        await File.WriteAllTextAsync(Path.Combine(folder, "licensee.pem"), licensee.PublicKey.ExportSubjectPublicKeyInfoPem());
        Console.WriteLine("licensee-key.pem    opens what was wrapped for you: keep it");
        Console.WriteLine("licensee.pem        send it to the publisher");
    }

    public static async Task<PermissionIssuer> LoadPublisherAsync(string folder) =>
        PermissionIssuer.ImportFromEncryptedPem(await File.ReadAllTextAsync(Path.Combine(folder, PublisherKey)), Password);

    public static Task<ContentKey> LoadContentKeyAsync(string folder) =>
        ContentKey.LoadAsync(Path.Combine(folder, ContentKeyFile), Password.AsMemory());
}
