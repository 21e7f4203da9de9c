using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;
using Oml.Sdk.TestModels;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests.Sealing;

public sealed partial class SealingDefenceTests
{
    [Fact]
    public async Task A_warm_up_that_is_running_keeps_a_model_open_that_closes_with_its_last_session()
    {
        using LicenseeKey licensee = LicenseeKey.Create();
        ModelId id = await Sealer.SealAsync(SealedFiles.Package([]), Target, Options, cancellationToken: Cancellation);
        TaskCompletionSource started = new(), go = new();
        ManagedBackend backend = new() { During = _ => { started.TrySetResult(); return go.Task; } };
        await using OmlModel model = await OmlModel.CreateBuilder().UseBackend((_, _, _) => new(backend))
            .TrustIssuer(_files.Publisher.PublicKey)
            .UseSealedModel(Target, licensee, options => options.CloseWhenUnused = true).BuildAsync(Cancellation);
        OmlSession session = await model.AuthorizeAsync(
            _files.Publisher.Issue(new PermissionRequest
            {
                Licensee = "licensee", Model = id, Lifetime = TimeSpan.FromHours(1), WrappedContentKey = _files.Key.WrapFor(licensee.PublicKey, id),
            }),
            Cancellation);

        Task warmUp = model.WarmUpAsync(Cancellation).AsTask();
        await started.Task;
        Task closing = session.DisposeAsync().AsTask();
        await Task.WhenAny(closing, Task.Delay(500, Cancellation));
        bool disposedWhileRunning = backend.DisposedWhileRunning;
        go.SetResult();
        await warmUp;
        await closing;

        disposedWhileRunning.Should().BeFalse("the native session and its weights are in use");
    }

    [Fact]
    public async Task Verifying_reports_as_many_bytes_as_there_are()
    {
        byte[] file = await _files.SealAsync(SealedFiles.Package(SealedFiles.Content(3 << 20)));
        using SealedModel model = _files.Open(file);
        SealProgress last = default;

        await model.VerifyAsync(new Synchronous(value => last = value), Cancellation);

        last.BytesDone.Should().Be(last.BytesTotal);
    }

    [Fact]
    public async Task A_stream_that_was_longer_holds_a_model_that_opens()
    {
        using MemoryStream file = new();
        file.Write(new byte[8 << 20]);
        file.Position = 0;

        await Sealer.SealAsync(SealedFiles.Package([]), file, Options, cancellationToken: Cancellation);
        file.Position = 0;

        FluentActions.Invoking(() => SealedModel.Open(file, _files.Publisher.PublicKey)).Should().NotThrow();
    }

    [Fact]
    public void A_stream_that_stands_behind_its_end_is_no_sealed_model()
    {
        MemoryStream stream = new([1, 2, 3]) { Position = 10 };

        FluentActions.Invoking(() => SealedModel.Open(stream, _files.Publisher.PublicKey)).Should().Throw<SealedModelException>();
    }

    [Fact]
    public async Task A_backend_that_fails_to_close_does_not_keep_the_file_open()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc");
        using LicenseeKey licensee = LicenseeKey.Create();
        ModelId id = await Sealer.SealAsync(SealedFiles.Package([]), Target, Options, cancellationToken: Cancellation);
        OmlModel model = await OmlModel.CreateBuilder().UseBackend((_, _, _) => new(new Stubborn()))
            .TrustIssuer(_files.Publisher.PublicKey).UseSealedModel(Target, licensee).BuildAsync(Cancellation);
        OmlSession session = await model.AuthorizeAsync(
            _files.Publisher.Issue(new PermissionRequest
            {
                Licensee = "licensee", Model = id, Lifetime = TimeSpan.FromHours(1), WrappedContentKey = _files.Key.WrapFor(licensee.PublicKey, id),
            }),
            Cancellation);
        await session.DisposeAsync();

        await FluentActions.Awaiting(() => model.DisposeAsync().AsTask()).Should().ThrowAsync<InvalidOperationException>();

        Directory.GetFiles("/proc/self/fd").Select(fd => new FileInfo(fd).LinkTarget).Should().NotContain(Target);
    }

    [Fact]
    public async Task A_backend_that_fails_to_close_does_not_keep_the_weights()
    {
        Oml.Sdk.Sealing.Memory.SecretMemory memory = Oml.Sdk.Sealing.Memory.SecretMemory.Allocate(100);
        Oml.Sdk.Sealing.Loading.SealedBackend backend = new(new Stubborn(), [memory]);

        await FluentActions.Awaiting(() => backend.DisposeAsync().AsTask()).Should().ThrowAsync<InvalidOperationException>();

        FluentActions.Invoking(() => memory.Address).Should().Throw<ObjectDisposedException>();
    }

    [Fact]
    public async Task A_key_file_is_never_there_in_part()
    {
        string path = Path.Combine(_folder.FullName, "content.key");
        int empty = 0;
        bool stop = false;
        Thread reader = new(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                FileInfo file = new(path);
                if (file.Exists && file.Length == 0)
                {
                    empty++;
                }
            }
        });
        reader.Start();
        using ContentKey key = ContentKey.Generate();
        for (int i = 0; i < 5; i++)
        {
            await key.SaveAsync(path, "password".AsMemory(), cancellationToken: Cancellation);
            File.Delete(path);
        }

        Volatile.Write(ref stop, true);
        reader.Join();
        empty.Should().Be(0, "\"it is never there in part\"");
    }

    [Fact]
    public async Task Disposing_the_content_key_while_a_model_is_sealed_never_gives_a_model_under_another_key()
    {
        using ContentKey zero = ContentKey.Import(new byte[32]);
        byte[] kept = new byte[32];
        Random random = new(1);
        int sealedUnderZero = 0, broken = 0, done = 0;
        System.Diagnostics.Stopwatch clock = System.Diagnostics.Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromSeconds(2))
        {
            ContentKey key = ContentKey.Generate();
            kept = key.Export();
            using MemoryStream file = new();
            int spin = random.Next(1, 4000);
            Task disposing = Task.Run(() => { Thread.SpinWait(spin); key.Dispose(); }, Cancellation);
            try
            {
                await new ModelSealer(_files.Publisher, key).SealAsync(
                    new ModelPackage("model.onnx", SealedFiles.Graph), file, new SealOptions { Name = "t", Workers = 1 }, cancellationToken: Cancellation);
            }
            catch (ObjectDisposedException)
            {
                await disposing;
                continue;
            }

            await disposing;
            done++;
            using SealedModel model = _files.Open(file.ToArray());
            try
            {
                using ContentKey again = ContentKey.Import(kept);
                using UnlockedModel contents = model.Unlock(again);
                await contents.ReadAllBytesAsync("model.onnx", Cancellation);
            }
            catch (SealedModelException)
            {
                broken++;
                try
                {
                    Oml.Sdk.Sealing.SealedEntry entry = model.Manifest.Graph;
                    byte[] salt = [.. entry.Salt];
                    using Oml.Sdk.Sealing.Chunks.ChunkKeys keys = Oml.Sdk.Sealing.Chunks.ChunkKeys.Derive(
                        new byte[32], salt, Oml.Sdk.Sealing.Chunks.EntryContext.Of(entry.Path));
                    if (keys.IsCommittedBy(entry.Commitment.AsSpan()))
                    {
                        sealedUnderZero++;
                    }
                }
                catch (SealedModelException)
                {
                }
            }
        }

        (done, broken, sealedUnderZero).Should().Be((done, 0, 0));
    }

    [Fact]
    public async Task An_EPContext_node_whose_native_code_is_in_a_file_that_nobody_signed_is_refused()
    {
        byte[] graph = new OnnxGraph("g").Input("x", OnnxType.Float, 1)
            .Node("EPContext", ["x"], ["y"], OnnxAttribute.Int("embed_mode", 0), OnnxAttribute.Text("ep_cache_context", "engine.bin"))
            .Output("y", OnnxType.Float, 1).ToArray();

        await FluentActions.Awaiting(() => _files.SealAsync(new ModelPackage("model.onnx", graph), new SealOptions { Name = "t", AllowEPContext = true }))
            .Should().ThrowAsync<SealedModelException>();
    }

    [Fact]
    public async Task A_provider_that_returns_nothing_is_a_content_key_exception()
    {
        ModelId id = await Sealer.SealAsync(SealedFiles.Package([]), Target, Options, cancellationToken: Cancellation);
        await using OmlModel model = await OmlModel.CreateBuilder().UseBackend((_, _, _) => new(new ManagedBackend()))
            .TrustIssuer(_files.Publisher.PublicKey).UseSealedModel(Target, new Nothing()).BuildAsync(Cancellation);

        await FluentActions.Awaiting(() => model.AuthorizeAsync(
            _files.Publisher.Issue(new PermissionRequest { Licensee = "licensee", Model = id, Lifetime = TimeSpan.FromHours(1) }), Cancellation).AsTask())
            .Should().ThrowAsync<ContentKeyException>();
    }

    private sealed class Nothing : IContentKeyProvider
    {
        public ValueTask<ContentKey> GetContentKeyAsync(ContentKeyRequest request, CancellationToken cancellationToken = default) => new((ContentKey)null!);
    }

    [Fact]
    public async Task A_spent_permission_does_not_decrypt_the_model()
    {
        using LicenseeKey licensee = LicenseeKey.Create();
        ModelId id = await Sealer.SealAsync(SealedFiles.Package([]), Target, Options, cancellationToken: Cancellation);
        int loads = 0;
        await using OmlModel model = await OmlModel.CreateBuilder().UseBackend((_, _, _) => { loads++; return new(new ManagedBackend()); })
            .TrustIssuer(_files.Publisher.PublicKey)
            .UseSealedModel(Target, licensee, options => options.CloseWhenUnused = true).BuildAsync(Cancellation);
        byte[] permission = _files.Publisher.Issue(new PermissionRequest
        {
            Licensee = "licensee", Model = id, Lifetime = TimeSpan.FromHours(1), WrappedContentKey = _files.Key.WrapFor(licensee.PublicKey, id),
        });
        (await model.InferAsync(ModelFixture.Inputs(), permission, Cancellation)).Dispose();
        for (int i = 0; i < 5; i++)
        {
            await FluentActions.Awaiting(() => model.AuthorizeAsync(permission, Cancellation).AsTask()).Should().ThrowAsync<PermissionDeniedException>();
        }

        loads.Should().Be(1);
    }
}
