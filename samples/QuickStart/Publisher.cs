using Oml.Sdk;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;

namespace QuickStart;

/// <summary>The publisher's side: its keys, the sealing, and the permissions that it hands out.</summary>
internal sealed class Publisher(LicenseePublicKey licensee) : IDisposable
{
    private readonly ContentKey _contentKey = ContentKey.Generate();
    private bool _isSealed;

    /// <summary>Signs permissions, and the sealed model.</summary>
    public PermissionIssuer Issuer { get; } = PermissionIssuer.Create(PermissionAlgorithm.ES256, "https://publisher.example");

    /// <summary>Makes the fingerprints, and finds them again.</summary>
    public FingerprintKey Fingerprints { get; } = FingerprintKey.Generate();

    public ModelId Model { get; private set; }

    /// <summary>Encrypts and signs a model into a file that anybody may copy.</summary>
    public async Task SealAsync(string path, string target)
    {
        SealOptions options = new() { Name = Path.GetFileNameWithoutExtension(path), Overwrite = true };
        Model = await new ModelSealer(Issuer, _contentKey).SealAsync(ModelPackage.FromOnnx(path), target, options);
        _isSealed = true;
    }

    /// <summary>Hands out the model as it is.</summary>
    public void Publish(ModelId model) => Model = model;

    /// <summary>A permission, with the content key if the model is sealed.</summary>
    public byte[] Permit(
        long? quota = null, string name = "you@example.com", PermissionUse use = PermissionUse.SingleSession, LicenseePublicKey? wrapFor = null) =>
        Issuer.Issue(Request(quota, name, use, wrapFor));

    public PermissionRequest Request(
        long? quota = null, string name = "you@example.com", PermissionUse use = PermissionUse.SingleSession, LicenseePublicKey? wrapFor = null) => new()
        {
            Licensee = name,
            Model = Model,
            Lifetime = TimeSpan.FromMinutes(10),
            Quota = quota,
            Use = use,
            WrappedContentKey = _isSealed ? _contentKey.WrapFor(wrapFor ?? licensee, Model) : default(ReadOnlyMemory<byte>?),
        };

    public void Dispose()
    {
        _contentKey.Dispose();
        Issuer.Dispose();
        Fingerprints.Dispose();
    }
}
