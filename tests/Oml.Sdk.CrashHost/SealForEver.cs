using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;

namespace Oml.Sdk.CrashHost;

/// <summary>Seals a model again and again into one file, until it is killed.</summary>
internal static class SealForEver
{
    public static async Task<int> RunAsync(string graph, string target, string publisherPem)
    {
        using PermissionIssuer publisher = PermissionIssuer.ImportFromPem(await File.ReadAllTextAsync(publisherPem));
        using ContentKey key = ContentKey.Generate();
        ModelSealer sealer = new(publisher, key);
        byte[] content = new byte[20 << 20];
        Console.WriteLine("sealing");
        while (true)
        {
            await sealer.SealAsync(
                ModelPackage.FromOnnx(graph).AddBytes("content.bin", content), target, new SealOptions { Name = "crash", Overwrite = true });
            Console.WriteLine("sealed");
        }
    }
}
