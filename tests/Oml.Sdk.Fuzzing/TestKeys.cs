using Oml.Sdk.Permissions;

namespace Oml.Sdk.Fuzzing;

/// <summary>The issuer that the committed inputs were signed by. Its key is public, so it protects nothing.</summary>
internal static class TestKeys
{
    public static PermissionIssuer Issuer { get; } = PermissionIssuer.ImportFromPem(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "corpus", "issuer.pem")));
}
