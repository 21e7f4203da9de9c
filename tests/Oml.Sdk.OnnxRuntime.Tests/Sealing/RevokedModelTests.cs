using Microsoft.Extensions.Time.Testing;
using Oml.Sdk.Permissions;
using Oml.Sdk.Permissions.Revocation;
using Oml.Sdk.Sealing;
using Oml.Sdk.TestModels;

namespace Oml.Sdk.OnnxRuntime.Tests.Sealing;

/// <summary>A sealed model that closes with its last session does so, too, when that session's permission was revoked.</summary>
public sealed class RevokedModelTests : IStatusListSource, IDisposable
{
    private const string Uri = "urn:status:1";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oml-sealed-");
    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private readonly PermissionIssuer _publisher;
    private readonly ContentKey _contentKey = ContentKey.Generate();
    private readonly LicenseeKey _licensee = LicenseeKey.Create();
    private readonly StatusListBuilder _list = new(Uri, 10);

    public RevokedModelTests() => _publisher = PermissionIssuer.Create(timeProvider: _clock);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask<ReadOnlyMemory<byte>> FetchAsync(string uri, CancellationToken cancellationToken = default) =>
        new(_list.Sign(_publisher, TimeSpan.FromHours(1), TimeSpan.FromMinutes(2)));

    public void Dispose()
    {
        _publisher.Dispose();
        _contentKey.Dispose();
        _licensee.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_last_session_closes_the_model_when_its_permission_was_revoked(bool isRevoked)
    {
        string plain = Path.Combine(_folder.FullName, "model.onnx");
        string path = Path.Combine(_folder.FullName, "model.oml");
        await File.WriteAllBytesAsync(plain, TestModel.Mlp(64, 256, 3, 10), Cancellation);
        ModelId id = await new ModelSealer(_publisher, _contentKey).SealAsync(
            ModelPackage.FromOnnx(plain), path, new SealOptions { Name = "mlp" }, cancellationToken: Cancellation);
        await using OmlModel model = await OmlModel.CreateBuilder().UseOnnxRuntime().TrustIssuer(_publisher.PublicKey).UseTimeProvider(_clock)
            .UseStatusLists(this)
            .UseSealedModel(path, _licensee, options => options.CloseWhenUnused = true)
            .BuildAsync(Cancellation);
        await using OmlSession session = await model.AuthorizeAsync(Issue(id), Cancellation);
        model.IsOpen.Should().BeTrue();
        _list[3] = isRevoked ? PermissionStatus.Revoked : PermissionStatus.Suspended;

        DenialReason? reason = null;
        for (int i = 0; i < 500 && (reason is null || (isRevoked && model.IsOpen)); i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(20));
            await Task.Delay(10, Cancellation);
            reason = await TryAsync(session);
        }

        reason.Should().Be(isRevoked ? DenialReason.Revoked : DenialReason.Suspended);
        model.IsOpen.Should().Be(!isRevoked, "who is suspended may come back");
    }

    private static async Task<DenialReason?> TryAsync(OmlSession session)
    {
        try
        {
            (await session.InferAsync(new Inference.InferenceInputs().Add("x", new float[64], 1, 64), Cancellation)).Dispose();
            return null;
        }
        catch (PermissionDeniedException denied)
        {
            return denied.Reason;
        }
    }

    private byte[] Issue(ModelId id) => _publisher.Issue(new PermissionRequest
    {
        Licensee = "licensee",
        Model = id,
        Lifetime = TimeSpan.FromHours(8),
        Status = new StatusReference(Uri, 3),
        WrappedContentKey = _contentKey.WrapFor(_licensee.PublicKey, id),
    });
}
