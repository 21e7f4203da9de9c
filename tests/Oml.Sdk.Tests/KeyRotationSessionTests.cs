using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;
using Oml.Sdk.Tests.Sealing;
using Oml.Sdk.Tests.Sealing.Keys;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests;

public sealed class KeyRotationSessionTests : IDisposable
{
    private const string Name = "https://publisher.example";

    private readonly Microsoft.Extensions.Time.Testing.FakeTimeProvider _time = new(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly TemporaryFolder _folder = new();
    private readonly PermissionIssuer _old;
    private readonly PermissionIssuer _new;

    public KeyRotationSessionTests()
    {
        _old = PermissionIssuer.Create(name: Name, timeProvider: _time);
        _new = PermissionIssuer.Create(name: Name, timeProvider: _time);
    }

    public void Dispose()
    {
        _old.Dispose();
        _new.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_publisher_changes_its_key_while_the_model_runs()
    {
        string path = _folder.Path("keys.json");
        DateTimeOffset end = _time.GetUtcNow().AddHours(1);
        Publish(path, new IssuerSetKey(_old.PublicKey));
        await using OmlModel model = await BuildAsync(builder => builder.TrustIssuer(Name, IssuerKeySetSource.FromFile(path)));
        await using OmlSession before = await model.AuthorizeAsync(Issue(_old, model));

        // Both keys, the old one until its end: a permission of the new one finds it at once.
        Publish(path, new IssuerSetKey(_old.PublicKey, notAfter: end), new IssuerSetKey(_new.PublicKey));
        _time.Advance(TrustedIssuerSource.DefaultRetryInterval);
        await using OmlSession first = await model.AuthorizeAsync(Issue(_new, model));
        byte[] longLived = Issue(_old, model);
        await using OmlSession second = await model.AuthorizeAsync(Issue(_old, model));

        // Its end, which the permission's own end does not put off.
        _time.Advance(TimeSpan.FromHours(1) + CosePermissionVerifierOptions.DefaultClockSkew);
        await ShouldBeUnknown(model, longLived);
        await ShouldBeUnknown(model, Issue(_old, model));
        await using OmlSession third = await model.AuthorizeAsync(Issue(_new, model));

        // What is open stays open.
        (await before.InferAsync(ModelFixture.Inputs())).Dispose();
    }

    [Fact]
    public async Task A_key_that_was_removed_opens_no_new_session()
    {
        string path = _folder.Path("keys.cose");
        File.WriteAllBytes(path, ScriptedKeySource.Set(_old, _new).ExportCoseKeySet());
        await using OmlModel model = await BuildAsync(builder => builder.TrustIssuer(Name, IssuerKeySetSource.FromFile(path)));
        byte[] issued = Issue(_old, model);
        await using OmlSession open = await model.AuthorizeAsync(Issue(_old, model));

        File.WriteAllBytes(path, ScriptedKeySource.Set(_new).ExportCoseKeySet());
        _time.Advance(TrustedIssuerSource.DefaultRefreshInterval);

        await ShouldBeUnknown(model, issued);
        (await model.AuthorizeAsync(Issue(_new, model))).Dispose();
        (await open.InferAsync(ModelFixture.Inputs())).Dispose();
    }

    [Fact]
    public async Task A_file_that_is_half_written_changes_nothing()
    {
        string path = _folder.Path("keys.pem");
        string pem = ScriptedKeySource.Set(_new).ExportPem();
        File.WriteAllText(path, ScriptedKeySource.Set(_old).ExportPem());
        await using OmlModel model = await BuildAsync(builder => builder.TrustIssuer(Name, IssuerKeySetSource.FromFile(path)));

        File.WriteAllText(path, pem[..^20]);
        _time.Advance(TrustedIssuerSource.DefaultRefreshInterval);
        (await model.AuthorizeAsync(Issue(_old, model))).Dispose();
        await ShouldBeUnknown(model, Issue(_new, model));
        File.WriteAllText(path, pem);
        _time.Advance(TrustedIssuerSource.DefaultRetryInterval);

        (await model.AuthorizeAsync(Issue(_new, model))).Dispose();
        await ShouldBeUnknown(model, Issue(_old, model));
    }

    [Fact]
    public async Task A_model_without_its_issuers_keys_is_not_built_unless_it_has_initial_ones()
    {
        IIssuerKeySetSource missing = IssuerKeySetSource.FromFile(_folder.Path("no-such-file"));
        Func<Task> without = async () => await BuildAsync(builder => builder.TrustIssuer(Name, missing));

        (await without.Should().ThrowAsync<IssuerKeySetException>()).Which.Issuer.Should().Be(Name);
        await using OmlModel model = await BuildAsync(builder => builder.TrustIssuer(
            new TrustedIssuerSource(Name, missing) { InitialKeys = ScriptedKeySource.Set(_old) }));
        (await model.AuthorizeAsync(Issue(_old, model))).Dispose();
    }

    [Fact]
    public async Task A_set_that_stays_is_trusted_key_by_key()
    {
        IssuerKeySet keys = new(new IssuerSetKey(_old.PublicKey, notAfter: _time.GetUtcNow().AddHours(1)), new IssuerSetKey(_new.PublicKey));
        await using OmlModel model = await BuildAsync(builder => builder.TrustIssuer(Name, keys));

        (await model.AuthorizeAsync(Issue(_old, model))).Dispose();
        (await model.AuthorizeAsync(Issue(_new, model))).Dispose();
        _time.Advance(TimeSpan.FromHours(2));
        await ShouldBeUnknown(model, Issue(_old, model));
        (await model.AuthorizeAsync(Issue(_new, model))).Dispose();
    }

    [Fact]
    public async Task A_sealed_model_is_opened_when_a_present_key_of_its_publisher_signed_it()
    {
        using SealedFiles files = new();
        using LicenseeKey licensee = LicenseeKey.Create();
        string path = _folder.Path("model.oml");
        await File.WriteAllBytesAsync(path, await files.SealAsync(SealedFiles.Package([1, 2, 3])));
        IssuerSetKey present = new(files.Publisher.PublicKey);
        IssuerSetKey former = new(files.Publisher.PublicKey, notAfter: _time.GetUtcNow().AddDays(-1));

        await using OmlModel model = await BuildSealedAsync(present);
        Func<Task> withFormer = async () => await BuildSealedAsync(former, new IssuerSetKey(_new.PublicKey));

        model.IsOpen.Should().BeFalse();
        (await withFormer.Should().ThrowAsync<SealedModelException>()).Which.Failure.Should().Be(SealedModelFailure.UnknownPublisher);
        await using OmlModel named = await BuildSealedCoreAsync([former, new IssuerSetKey(_new.PublicKey)], options => options.TrustedPublishers.Add(former.Key));

        Task<OmlModel> BuildSealedAsync(params IssuerSetKey[] keys) => BuildSealedCoreAsync(keys, null);

        async Task<OmlModel> BuildSealedCoreAsync(IssuerSetKey[] keys, Action<SealedModelOptions>? configure)
        {
            ScriptedKeySource source = new() { Load = _ => new(new IssuerKeySet(keys)) };
            return await BuildAsync(builder => builder.TrustIssuer(Name, source).UseSealedModel(path, licensee, configure));
        }
    }

    [Fact]
    public void The_builder_refuses_nothing_in_the_place_of_something()
    {
        OmlModelBuilder builder = OmlModel.CreateBuilder();
        Action keys = () => builder.TrustIssuer(Name, (IssuerKeySet)null!);
        Action name = () => builder.TrustIssuer("", ScriptedKeySource.Set(_old));
        Action source = () => builder.TrustIssuer(Name, (IIssuerKeySetSource)null!);
        Action issuer = () => builder.TrustIssuer((TrustedIssuerSource)null!);

        keys.Should().Throw<ArgumentNullException>();
        name.Should().Throw<ArgumentException>();
        source.Should().Throw<ArgumentNullException>();
        issuer.Should().Throw<ArgumentNullException>();
    }

    private static byte[] Issue(PermissionIssuer issuer, OmlModel model) =>
        issuer.Issue(new() { Licensee = "licensee", Model = model.Id, Lifetime = TimeSpan.FromDays(1) });

    private static async Task ShouldBeUnknown(OmlModel model, byte[] permission)
    {
        Func<Task> authorize = async () => await model.AuthorizeAsync(permission);
        (await authorize.Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.UnknownIssuer);
    }

    private static void Publish(string path, params IssuerSetKey[] keys)
    {
        File.WriteAllText(path + ".new", new IssuerKeySet(keys).ExportJwkSet());
        File.Move(path + ".new", path, overwrite: true);
    }

    private async Task<OmlModel> BuildAsync(Action<OmlModelBuilder> configure)
    {
        OmlModelBuilder builder = OmlModel.CreateBuilder()
            .UseOnnx(ModelFixture.ModelBytes)
            .UseBackend((_, _, _) => new(new ManagedBackend()))
            .UseTimeProvider(_time);
        configure(builder);
        return await builder.BuildAsync();
    }
}
