using System.Globalization;
using Oml.Sdk;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;

namespace SealModel;

/// <summary>Seals, permits and checks.</summary>
internal static class Publishing
{
    public static async Task SealAsync(string folder, string model, string target)
    {
        using PermissionIssuer publisher = await Keys.LoadPublisherAsync(folder);
        using ContentKey key = await Keys.LoadContentKeyAsync(folder);
        ModelPackage package = ModelPackage.FromOnnx(model);
        ModelId id = await new ModelSealer(publisher, key).SealAsync(
            package, target, new SealOptions { Name = Path.GetFileNameWithoutExtension(model) }, new ProgressLine("sealing"));
        Console.WriteLine($"\n{target} holds {string.Join(", ", package.Paths)}; model id {id}");
    }

    public static async Task PermitAsync(string folder, string target, string licenseePem, int days, long quota)
    {
        using PermissionIssuer publisher = await Keys.LoadPublisherAsync(folder);
        using ContentKey key = await Keys.LoadContentKeyAsync(folder);
        using SealedModel model = SealedModel.Open(target, publisher.PublicKey);
        LicenseePublicKey licensee = LicenseePublicKey.ImportFromPem(await File.ReadAllTextAsync(licenseePem));
        byte[] permission = publisher.Issue(new PermissionRequest
        {
            Licensee = licensee.ThumbprintUri,
            Model = model.Id,
            Lifetime = TimeSpan.FromDays(days),
            Quota = quota,
            Use = PermissionUse.Resumable,
            WrappedContentKey = key.WrapFor(licensee, model.Id),
        });
        await File.WriteAllBytesAsync(target + ".permission", permission);
        Console.WriteLine($"{target}.permission: {quota} calls within {days} days, for {licensee.ThumbprintUri}");
    }

    public static async Task CheckAsync(string target, string publisherPem)
    {
        IssuerPublicKey publisher = IssuerPublicKey.ImportFromPem(await File.ReadAllTextAsync(publisherPem));
        using SealedModel model = SealedModel.Open(target, publisher);
        await model.VerifyAsync(new ProgressLine("checking"));
        Console.WriteLine($"\n{model.Manifest.Name} {model.Manifest.Version}, {model.Manifest.CreatedAt:u}, model id {model.Id}: intact");
    }

    private sealed class ProgressLine(string what) : IProgress<SealProgress>
    {
        public void Report(SealProgress value) => Console.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"\r{what}: {value.BytesDone / 1e6:N0} of {value.BytesTotal / 1e6:N0} MB, {value.BytesPerSecond / 1e6:N0} MB/s   "));
    }
}
