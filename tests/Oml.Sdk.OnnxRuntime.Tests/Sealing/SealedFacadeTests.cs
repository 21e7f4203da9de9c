using Oml.Sdk.Inference;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;
using Oml.Sdk.TestModels;

namespace Oml.Sdk.OnnxRuntime.Tests.Sealing;

public sealed class SealedFacadeTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oml-sealed-");
    private readonly PermissionIssuer _publisher = PermissionIssuer.Create();
    private readonly ContentKey _contentKey = ContentKey.Generate();
    private readonly LicenseeKey _licensee = LicenseeKey.Create();
    private readonly byte[] _plain = TestModel.Mlp(64, 256, 3, 10);
    private ModelId _id;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string SealedPath => Path.Combine(_folder.FullName, "model.oml");

    public async ValueTask InitializeAsync()
    {
        string graph = ExternalModel.Write(_folder.FullName, _plain);
        _id = await new ModelSealer(_publisher, _contentKey).SealAsync(
            ModelPackage.FromOnnx(graph), SealedPath, new SealOptions { Name = "mlp" }, cancellationToken: Cancellation);
        File.Delete(graph);
        File.Delete(Path.Combine(_folder.FullName, ExternalModel.Weights));
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
    public async Task The_first_permission_opens_the_model_and_it_computes_what_the_plain_one_does()
    {
        await using OmlModel model = await BuildAsync();
        model.Id.Should().Be(_id);
        model.IsOpen.Should().BeFalse();
        FluentActions.Invoking(() => model.Signature).Should().Throw<InvalidOperationException>().WithMessage("*AuthorizeAsync*");

        await using OmlSession session = await model.AuthorizeAsync(Permission(), Cancellation);
        using InferenceOutputs outputs = await session.InferAsync(Inputs(), Cancellation);

        model.IsOpen.Should().BeTrue();
        float[] expected = await PlainAsync();
        outputs[0].GetSpan<float>().ToArray().Should().Equal(expected, (a, b) => Math.Abs(a - b) < 1e-5f);
    }

    [Fact]
    public async Task However_many_callers_race_the_model_is_opened_once()
    {
        CountingKeys keys = new(_contentKey);
        await using OmlModel model = await Builder().UseSealedModel(SealedPath, keys).BuildAsync(Cancellation);

        OmlSession[] sessions = await Task.WhenAll(
            Enumerable.Range(0, 32).Select(_ => Task.Run(async () => await model.AuthorizeAsync(Permission(), Cancellation))));

        keys.Calls.Should().Be(1);
        foreach (OmlSession session in sessions)
        {
            using InferenceOutputs outputs = await session.InferAsync(Inputs(), Cancellation);
            await session.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_second_permission_reuses_what_the_first_one_opened()
    {
        await using OmlModel model = await BuildAsync();
        await using OmlSession first = await model.AuthorizeAsync(Permission(), Cancellation);
        await using OmlSession second = await model.AuthorizeAsync(Permission(withKey: false), Cancellation);

        using InferenceOutputs outputs = await second.InferAsync(Inputs(), Cancellation);

        outputs.Count.Should().Be(1);
    }

    [Fact]
    public async Task A_permission_without_the_content_key_does_not_open_it_and_stays_unused()
    {
        await using OmlModel model = await BuildAsync();
        byte[] permission = Permission(withKey: false);

        await FluentActions.Awaiting(() => model.AuthorizeAsync(permission, Cancellation).AsTask())
            .Should().ThrowAsync<ContentKeyException>().WithMessage("*no content key*");

        // Opened by another permission, the model accepts it: it was not used up.
        await using OmlSession session = await model.AuthorizeAsync(Permission(), Cancellation);
        await using OmlSession late = await model.AuthorizeAsync(permission, Cancellation);
    }

    [Fact]
    public async Task A_content_key_that_was_wrapped_for_somebody_else_does_not_open_it()
    {
        await using OmlModel model = await BuildAsync();
        using LicenseeKey stranger = LicenseeKey.Create();

        await FluentActions.Awaiting(() => model.AuthorizeAsync(Permission(stranger.PublicKey), Cancellation).AsTask())
            .Should().ThrowAsync<ContentKeyException>();
        model.IsOpen.Should().BeFalse();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_permission_that_was_wrapped_for_somebody_else_is_refused_also_while_the_model_is_open_and_stays_unused(bool closes)
    {
        using LicenseeKey stranger = LicenseeKey.Create();
        InMemoryUsageLedger ledger = new();
        await using OmlModel model = await Builder().UseLedger(ledger)
            .UseSealedModel(SealedPath, _licensee, options => options.CloseWhenUnused = closes).BuildAsync(Cancellation);
        await using OmlModel theirs = await Builder().UseLedger(ledger).UseSealedModel(SealedPath, stranger).BuildAsync(Cancellation);
        byte[] copied = Permission(stranger.PublicKey);
        await using OmlSession first = await model.AuthorizeAsync(Permission(), Cancellation);

        for (int i = 0; i < 2; i++)
        {
            await FluentActions.Awaiting(() => model.AuthorizeAsync(copied, Cancellation).AsTask()).Should().ThrowAsync<ContentKeyException>();
            await FluentActions.Awaiting(() => model.InferAsync(Inputs(), copied, Cancellation).AsTask()).Should().ThrowAsync<ContentKeyException>();
        }

        // Whom it is for can use it, once, and the model goes on under the permissions that are for this host.
        await using OmlSession session = await theirs.AuthorizeAsync(copied, Cancellation);
        using InferenceOutputs outputs = await first.InferAsync(Inputs(), Cancellation);
        (await FluentActions.Awaiting(() => theirs.AuthorizeAsync(copied, Cancellation).AsTask()).Should().ThrowAsync<PermissionDeniedException>())
            .Which.Reason.Should().Be(DenialReason.Replayed);
    }

    [Fact]
    public async Task A_permission_with_another_content_key_is_refused_also_while_the_model_is_open()
    {
        using ContentKey other = ContentKey.Generate();
        await using OmlModel model = await BuildAsync();
        await using OmlSession session = await model.AuthorizeAsync(Permission(), Cancellation);

        (await FluentActions.Awaiting(() => model.AuthorizeAsync(Issue(other.WrapFor(_licensee.PublicKey, _id)), Cancellation).AsTask())
            .Should().ThrowAsync<SealedModelException>()).Which.Failure.Should().Be(SealedModelFailure.WrongKey);
    }

    [Fact]
    public async Task A_copied_permission_is_not_redeemed_even_for_a_moment()
    {
        using LicenseeKey stranger = LicenseeKey.Create();
        RedemptionLedger ledger = new();
        await using OmlModel model = await Builder().UseLedger(ledger).UseSealedModel(SealedPath, _licensee).BuildAsync(Cancellation);

        await FluentActions.Awaiting(() => model.AuthorizeAsync(Permission(stranger.PublicKey), Cancellation).AsTask())
            .Should().ThrowAsync<ContentKeyException>();

        ledger.Redemptions.Should().Be(0);
    }

    [Fact]
    public async Task Another_content_key_is_refused_with_its_own_reason()
    {
        using ContentKey other = ContentKey.Generate();
        await using OmlModel model = await BuildAsync();
        byte[] permission = Issue(other.WrapFor(_licensee.PublicKey, _id));

        (await FluentActions.Awaiting(() => model.AuthorizeAsync(permission, Cancellation).AsTask())
            .Should().ThrowAsync<SealedModelException>()).Which.Failure.Should().Be(SealedModelFailure.WrongKey);
    }

    [Fact]
    public async Task A_permission_for_another_model_is_refused_before_anything_is_opened()
    {
        await using OmlModel model = await BuildAsync();
        byte[] permission = _publisher.Issue(new PermissionRequest
        {
            Licensee = "licensee", Model = ModelId.Compute(_plain), Lifetime = TimeSpan.FromHours(1),
        });

        (await FluentActions.Awaiting(() => model.AuthorizeAsync(permission, Cancellation).AsTask())
            .Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.WrongModel);
        model.IsOpen.Should().BeFalse();
    }

    [Fact]
    public async Task A_tampered_chunk_is_refused_before_any_inference()
    {
        byte[] file = await File.ReadAllBytesAsync(SealedPath, Cancellation);
        file[file.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(SealedPath, file, Cancellation);
        await using OmlModel model = await BuildAsync();

        (await FluentActions.Awaiting(() => model.AuthorizeAsync(Permission(), Cancellation).AsTask())
            .Should().ThrowAsync<SealedModelException>()).Which.Failure.Should().Be(SealedModelFailure.Tampered);
        model.IsOpen.Should().BeFalse();
    }

    [Fact]
    public async Task A_truncated_file_or_a_stranger_s_model_is_refused_when_the_model_is_built()
    {
        using PermissionIssuer stranger = PermissionIssuer.Create();
        (await FluentActions.Awaiting(() => OmlModel.CreateBuilder().UseOnnxRuntime().TrustIssuer(stranger.PublicKey)
            .UseSealedModel(SealedPath, _licensee).BuildAsync(Cancellation).AsTask())
            .Should().ThrowAsync<SealedModelException>()).Which.Failure.Should().Be(SealedModelFailure.UnknownPublisher);

        byte[] file = await File.ReadAllBytesAsync(SealedPath, Cancellation);
        await File.WriteAllBytesAsync(SealedPath, file[..^1], Cancellation);
        (await FluentActions.Awaiting(() => BuildAsync().AsTask()).Should().ThrowAsync<SealedModelException>())
            .Which.Failure.Should().Be(SealedModelFailure.Truncated);
    }

    [Fact]
    public async Task The_publisher_s_key_can_be_another_than_the_issuer_s()
    {
        using PermissionIssuer issuer = PermissionIssuer.Create();
        await using OmlModel model = await OmlModel.CreateBuilder().UseOnnxRuntime().TrustIssuer(issuer.PublicKey)
            .UseSealedModel(SealedPath, _licensee, options => options.TrustedPublishers.Add(_publisher.PublicKey)).BuildAsync(Cancellation);

        await using OmlSession session = await model.AuthorizeAsync(Issue(_contentKey.WrapFor(_licensee.PublicKey, _id), issuer), Cancellation);
        using InferenceOutputs outputs = await session.InferAsync(Inputs(), Cancellation);
    }

    [Fact]
    public async Task The_last_session_closes_the_model_when_that_was_asked_for_and_the_next_one_opens_it_again()
    {
        await using OmlModel model = await Builder()
            .UseSealedModel(SealedPath, _licensee, options => options.CloseWhenUnused = true).BuildAsync(Cancellation);
        for (int i = 0; i < 3; i++)
        {
            OmlSession first = await model.AuthorizeAsync(Permission(), Cancellation);
            OmlSession second = await model.AuthorizeAsync(Permission(), Cancellation);
            await first.DisposeAsync();
            model.IsOpen.Should().BeTrue();
            using (InferenceOutputs outputs = await second.InferAsync(Inputs(), Cancellation))
            {
                outputs.Count.Should().Be(1);
            }

            await second.DisposeAsync();
            model.IsOpen.Should().BeFalse();
        }
    }

    [Fact]
    public async Task A_session_whose_permission_ends_closes_the_model_by_itself()
    {
        Microsoft.Extensions.Time.Testing.FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
        await using OmlModel model = await Builder().UseTimeProvider(clock)
            .UseSealedModel(SealedPath, _licensee, options => options.CloseWhenUnused = true).BuildAsync(Cancellation);
        await using OmlSession session = await model.AuthorizeAsync(Permission(), Cancellation);

        clock.Advance(TimeSpan.FromHours(2));
        for (int i = 0; model.IsOpen && i < 500; i++)
        {
            await Task.Delay(10, Cancellation);
        }

        model.IsOpen.Should().BeFalse();
        (await FluentActions.Awaiting(() => session.InferAsync(Inputs(), Cancellation).AsTask())
            .Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.Expired);
    }

    [Fact]
    public async Task Disposing_the_model_frees_the_file()
    {
        OmlModel model = await BuildAsync();
        await using (await model.AuthorizeAsync(Permission(), Cancellation))
        {
        }

        await model.DisposeAsync();

        File.Delete(SealedPath);
        File.Exists(SealedPath).Should().BeFalse();
    }

    private static InferenceInputs Inputs() => new InferenceInputs().Add("x", Enumerable.Range(0, 64).Select(i => i / 64f).ToArray(), 1, 64);

    private OmlModelBuilder Builder() => OmlModel.CreateBuilder().UseOnnxRuntime().TrustIssuer(_publisher.PublicKey);

    private ValueTask<OmlModel> BuildAsync() => Builder().UseSealedModel(SealedPath, _licensee).BuildAsync(Cancellation);

    private byte[] Permission(LicenseePublicKey? licensee = null, bool withKey = true) =>
        Issue(withKey ? _contentKey.WrapFor(licensee ?? _licensee.PublicKey, _id) : null);

    private byte[] Issue(byte[]? wrapped, PermissionIssuer? issuer = null) => (issuer ?? _publisher).Issue(new PermissionRequest
    {
        Licensee = "licensee",
        Model = _id,
        Lifetime = TimeSpan.FromHours(1),
        Quota = 1_000,
        WrappedContentKey = wrapped is null ? default(ReadOnlyMemory<byte>?) : wrapped,
    });

    private async Task<float[]> PlainAsync()
    {
        await using OnnxRuntimeBackend backend = OnnxRuntimeBackend.Load(ModelSource.FromBytes(_plain));
        using InferenceOutputs outputs = await backend.InferAsync(Inputs(), Cancellation);
        return outputs[0].GetSpan<float>().ToArray();
    }

    private sealed class RedemptionLedger : IUsageLedger
    {
        private readonly InMemoryUsageLedger _inner = new();

        public int Redemptions { get; private set; }

        public ValueTask<bool> RedeemAsync(PermissionKey key, DateTimeOffset keepUntil, CancellationToken cancellationToken = default)
        {
            Redemptions++;
            return _inner.RedeemAsync(key, keepUntil, cancellationToken);
        }

        public ValueTask ReleaseAsync(PermissionKey key, CancellationToken cancellationToken = default) => _inner.ReleaseAsync(key, cancellationToken);

        public ValueTask<UnitReservation> ReserveAsync(
            PermissionKey key, long units, long limit, DateTimeOffset keepUntil, CancellationToken cancellationToken = default) =>
            _inner.ReserveAsync(key, units, limit, keepUntil, cancellationToken);

        public ValueTask ReturnAsync(PermissionKey key, long units, CancellationToken cancellationToken = default) =>
            _inner.ReturnAsync(key, units, cancellationToken);

        public ValueTask<long> AdvanceAsync(PermissionKey key, long index, DateTimeOffset keepUntil, CancellationToken cancellationToken = default) =>
            _inner.AdvanceAsync(key, index, keepUntil, cancellationToken);

        public ValueTask<DateTimeOffset> ObserveAsync(DateTimeOffset now, CancellationToken cancellationToken = default) =>
            _inner.ObserveAsync(now, cancellationToken);
    }

    private sealed class CountingKeys(ContentKey key) : IContentKeyProvider
    {
        private int _calls;

        public int Calls => _calls;

        public async ValueTask<ContentKey> GetContentKeyAsync(ContentKeyRequest request, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _calls);
            await Task.Yield();
            return ContentKey.Import(key.Export());
        }
    }
}
