using Oml.Sdk.Fingerprints;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.OnnxRuntime.Tests.Support;

/// <summary>A model behind the facade with an open session, the fingerprint as wanted.</summary>
internal sealed class ProtectedModel : IAsyncDisposable
{
    private ProtectedModel(OmlModel model, OmlSession session)
    {
        Model = model;
        Session = session;
    }

    public OmlModel Model { get; }

    public OmlSession Session { get; }

    public static Task<ProtectedModel> LoadAsync(string path, FingerprintKey? key = null, string licensee = "licensee") =>
        LoadAsync(builder => builder.UseOnnx(path), key, licensee);

    public static async Task<ProtectedModel> LoadAsync(
        Action<OmlModelBuilder> source, FingerprintKey? key = null, string licensee = "licensee")
    {
        using PermissionIssuer issuer = PermissionIssuer.Create(PermissionAlgorithm.ES256);
        OmlModelBuilder builder = OmlModel.CreateBuilder().UseOnnxRuntime().TrustIssuer(issuer.PublicKey);
        source(builder);
        if (key is not null)
        {
            builder.UseFingerprint(new LogitFingerprint(key));
        }

        OmlModel model = await builder.BuildAsync();
        OmlSession session = await model.AuthorizeAsync(issuer.Issue(new PermissionRequest
        {
            Licensee = licensee,
            Model = model.Id,
            Lifetime = TimeSpan.FromHours(1),
            Quota = 100_000,
        }));
        return new ProtectedModel(model, session);
    }

    public async ValueTask DisposeAsync()
    {
        await Session.DisposeAsync();
        await Model.DisposeAsync();
    }
}
