using Microsoft.Extensions.Time.Testing;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;
using Oml.Sdk.TestModels;

namespace Oml.Sdk.OnnxRuntime.Tests.Sealing;

/// <summary>What was sealed beside the graph, such as a tokenizer, is read through a session.</summary>
public sealed class SealedFileReadingTests : IAsyncLifetime
{
    private const string Name = "tokenizer.json";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oml-sealed-");
    private readonly PermissionIssuer _publisher = PermissionIssuer.Create();
    private readonly ContentKey _contentKey = ContentKey.Generate();
    private readonly LicenseeKey _licensee = LicenseeKey.Create();
    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private readonly byte[] _model = TestModel.Mlp(64, 256, 3, 10);
    private readonly byte[] _file = new byte[100_000];
    private ModelId _id;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string SealedPath => Path.Combine(_folder.FullName, "sealed", "model.oml");

    public async ValueTask InitializeAsync()
    {
        new Random(3).NextBytes(_file);
        string plain = _folder.CreateSubdirectory("plain").FullName;
        _folder.CreateSubdirectory("sealed");
        await File.WriteAllBytesAsync(Path.Combine(plain, "model.onnx"), _model, Cancellation);
        await File.WriteAllBytesAsync(Path.Combine(plain, Name), _file, Cancellation);
        _id = await new ModelSealer(_publisher, _contentKey).SealAsync(
            ModelPackage.FromFolder(plain, "model.onnx"), SealedPath, new SealOptions { Name = "mlp" }, cancellationToken: Cancellation);
    }

    public ValueTask DisposeAsync()
    {
        _publisher.Dispose();
        _contentKey.Dispose();
        _licensee.Dispose();
        _folder.Delete(recursive: true);
        return default;
    }

    [Fact]
    public async Task A_file_that_was_sealed_with_the_model_is_read_for_no_unit()
    {
        await using OmlModel model = await BuildAsync();
        await using OmlSession session = await model.AuthorizeAsync(Issue(quota: 1), Cancellation);

        for (int i = 0; i < 3; i++)
        {
            (await session.ReadFileAsync(Name, Cancellation)).Should().Equal(_file);
        }

        session.UnitsSpent.Should().Be(0);
    }

    [Fact]
    public async Task A_file_that_is_not_there_or_was_changed_is_refused_with_its_own_reason()
    {
        byte[] changed = await File.ReadAllBytesAsync(SealedPath, Cancellation);
        SealedEntry entry;
        using (SealedModel file = SealedModel.Open(SealedPath, _publisher.PublicKey))
        {
            entry = file.Manifest.FindEntry(Name)!;
        }

        changed[entry.ChunksOffset + 50_000] ^= 1;
        await File.WriteAllBytesAsync(SealedPath, changed, Cancellation);
        await using OmlModel model = await BuildAsync();
        await using OmlSession session = await model.AuthorizeAsync(Issue(), Cancellation);

        (await FailureOf(session, "labels.txt")).Should().Be(SealedModelFailure.NoSuchEntry);
        (await FailureOf(session, Name)).Should().Be(SealedModelFailure.Tampered);
    }

    [Fact]
    public async Task A_session_whose_permission_has_ended_reads_nothing()
    {
        await using OmlModel model = await BuildAsync();
        await using OmlSession session = await model.AuthorizeAsync(Issue(), Cancellation);
        _clock.Advance(TimeSpan.FromHours(2));

        (await FluentActions.Awaiting(() => session.ReadFileAsync(Name, Cancellation).AsTask())
            .Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.Expired);
    }

    [Fact]
    public async Task A_permission_without_the_content_key_reads_nothing_even_while_the_model_is_open()
    {
        await using OmlModel model = await BuildAsync();
        await using OmlSession first = await model.AuthorizeAsync(Issue(), Cancellation);
        await using OmlSession second = await model.AuthorizeAsync(Issue(withKey: false), Cancellation);

        await FluentActions.Awaiting(() => second.ReadFileAsync(Name, Cancellation).AsTask()).Should().ThrowAsync<ContentKeyException>();
        (await first.ReadFileAsync(Name, Cancellation)).Should().Equal(_file);
    }

    [Fact]
    public async Task A_disposed_session_and_a_model_that_is_not_sealed_say_so()
    {
        await using OmlModel model = await BuildAsync();
        OmlSession disposed = await model.AuthorizeAsync(Issue(), Cancellation);
        await disposed.DisposeAsync();
        await using OmlModel plain = await Builder().UseOnnx(_model).BuildAsync(Cancellation);
        await using OmlSession session = await plain.AuthorizeAsync(Issue(withKey: false, model: plain.Id), Cancellation);

        await FluentActions.Awaiting(() => disposed.ReadFileAsync(Name, Cancellation).AsTask()).Should().ThrowAsync<ObjectDisposedException>();
        await FluentActions.Awaiting(() => session.ReadFileAsync(Name, Cancellation).AsTask())
            .Should().ThrowAsync<InvalidOperationException>().WithMessage("*not sealed*tokenizer.json*");
    }

    private static async Task<SealedModelFailure> FailureOf(OmlSession session, string path) =>
        (await FluentActions.Awaiting(() => session.ReadFileAsync(path, Cancellation).AsTask()).Should().ThrowAsync<SealedModelException>()).Which.Failure;

    private OmlModelBuilder Builder() => OmlModel.CreateBuilder().UseOnnxRuntime().TrustIssuer(_publisher.PublicKey).UseTimeProvider(_clock);

    private ValueTask<OmlModel> BuildAsync() => Builder().UseSealedModel(SealedPath, _licensee).BuildAsync(Cancellation);

    private byte[] Issue(long quota = 100, bool withKey = true, ModelId? model = null) => _publisher.Issue(new PermissionRequest
    {
        Licensee = "licensee",
        Model = model ?? _id,
        Lifetime = TimeSpan.FromHours(1),
        Quota = quota,
        WrappedContentKey = withKey ? _contentKey.WrapFor(_licensee.PublicKey, _id) : default(ReadOnlyMemory<byte>?),
    });
}
