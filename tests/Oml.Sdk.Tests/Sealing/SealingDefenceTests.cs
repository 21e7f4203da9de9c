using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;
using Oml.Sdk.TestModels;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests.Sealing;

public sealed partial class SealingDefenceTests : IDisposable
{
    private static readonly SealOptions Options = new() { Name = "test" };
    private readonly SealedFiles _files = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oml-defence-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Target => Path.Combine(_folder.FullName, "model.oml");

    private ModelSealer Sealer => new(_files.Publisher, _files.Key);

    public void Dispose()
    {
        _files.Dispose();
        _folder.Delete(recursive: true);
    }

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
    public async Task A_package_is_not_sealed_with_what_is_left_of_a_stream_that_an_earlier_attempt_read()
    {
        byte[] content = SealedFiles.Content(3 << 20);
        ModelPackage package = SealedFiles.Package([]).AddStream("weights.bin", new MemoryStream(content));
        using CancellationTokenSource stop = new();

        // The first attempt fails (here: progress cancels; in life: the disk is full), and the caller tries again.
        IProgress<SealProgress> progress = new Synchronous(_ => stop.Cancel());
        try
        {
            await Sealer.SealAsync(package, Target, Options, progress, stop.Token);
        }
        catch (OperationCanceledException)
        {
        }

        File.Delete(Target);
        await Sealer.SealAsync(package, Target, Options, cancellationToken: Cancellation);

        using SealedModel model = SealedModel.Open(Target, _files.Publisher.PublicKey);
        using UnlockedModel unlocked = model.Unlock(_files.Key);
        (await unlocked.ReadAllBytesAsync("weights.bin", Cancellation)).Should().Equal(content);
    }

    [Fact]
    public async Task A_stream_is_not_sealed_as_nothing_the_second_time()
    {
        ModelPackage package = SealedFiles.Package([]).AddStream("weights.bin", new MemoryStream(SealedFiles.Content(100)));
        byte[] first = await _files.SealAsync(package);

        byte[] second = await _files.SealAsync(package);

        second.Should().HaveSameCount(first);
        using SealedModel model = _files.Open(second);
        using UnlockedModel unlocked = model.Unlock(_files.Key);
        (await unlocked.ReadAllBytesAsync("weights.bin", Cancellation)).Should().Equal(SealedFiles.Content(100));
    }

    [Fact]
    public async Task A_weight_file_that_is_cut_after_it_was_added_is_not_sealed()
    {
        string weights = Path.Combine(_folder.FullName, "w.bin");
        await File.WriteAllBytesAsync(weights, new byte[4096 * 4], Cancellation);
        ModelPackage package = new ModelPackage("model.onnx", External("w.bin", 4096)).AddFile("w.bin", weights);
        await File.WriteAllBytesAsync(weights, new byte[10], Cancellation);

        Func<Task> seal = () => _files.SealAsync(package);

        (await seal.Should().ThrowAsync<SealedModelException>()).WithMessage("*w.bin*");
    }

    [Fact]
    public async Task A_stream_that_is_shorter_than_the_graph_needs_is_not_sealed()
    {
        ModelPackage package = new ModelPackage("model.onnx", External("w.bin", 4096)).AddStream("w.bin", new Pipe(new byte[10]));

        Func<Task> seal = () => _files.SealAsync(package);

        (await seal.Should().ThrowAsync<SealedModelException>()).WithMessage("*w.bin*");
    }

    [Fact]
    public async Task A_graph_file_that_becomes_something_else_before_it_is_sealed_is_a_sealed_model_exception()
    {
        string path = Path.Combine(_folder.FullName, "model.onnx");
        await File.WriteAllBytesAsync(path, SealedFiles.Graph, Cancellation);
        ModelPackage package = ModelPackage.FromOnnx(path);
        await File.WriteAllBytesAsync(path, new byte[] { 1, 2, 3 }, Cancellation);

        Func<Task> seal = () => _files.SealAsync(package);

        await seal.Should().ThrowAsync<SealedModelException>();
    }

    [Fact]
    public async Task A_graph_that_gets_an_EPContext_node_before_it_is_sealed_is_refused()
    {
        string path = Path.Combine(_folder.FullName, "model.onnx");
        await File.WriteAllBytesAsync(path, SealedFiles.Graph, Cancellation);
        ModelPackage package = ModelPackage.FromOnnx(path);
        await File.WriteAllBytesAsync(
            path,
            new OnnxGraph("g").Input("x", OnnxType.Float, 1).Node("EPContext", ["x"], ["y"]).Output("y", OnnxType.Float, 1).ToArray(),
            Cancellation);

        Func<Task> seal = () => _files.SealAsync(package);

        await seal.Should().ThrowAsync<SealedModelException>();
    }

    [Fact]
    public async Task A_content_stream_that_times_out_says_so()
    {
        ModelPackage package = SealedFiles.Package([]).AddStream("x.bin", new Throwing(new TaskCanceledException("the server timed out")));

        Func<Task> seal = () => _files.SealAsync(package);

        (await seal.Should().ThrowAsync<OperationCanceledException>()).WithMessage("*timed out*");
    }

    [Fact]
    public async Task A_destination_that_times_out_says_so()
    {
        byte[] file = await _files.SealAsync(SealedFiles.Package(SealedFiles.Content(100)));
        using SealedModel model = _files.Open(file);
        using UnlockedModel contents = model.Unlock(_files.Key);

        Func<Task> copy = () => contents.CopyToAsync(
            SealedFiles.ContentPath, new Throwing(new TaskCanceledException("the server timed out")), cancellationToken: Cancellation);

        (await copy.Should().ThrowAsync<OperationCanceledException>()).WithMessage("*timed out*");
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
    public async Task A_folder_with_two_names_that_differ_in_case_is_not_sealed_without_one_of_them()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || OperatingSystem.IsMacOS(), "the file system knows no case");
        await File.WriteAllBytesAsync(Path.Combine(_folder.FullName, "model.onnx"), SealedFiles.Graph, Cancellation);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "Vocab.txt"), "1", Cancellation);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "vocab.txt"), "2", Cancellation);

        Action pack = () => ModelPackage.FromFolder(_folder.FullName, "model.onnx");

        pack.Should().Throw<ArgumentException>();
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
    public async Task A_graph_that_changed_after_it_was_added_is_not_sealed()
    {
        byte[] graph = External("w.bin", 4096);
        ModelPackage package = new ModelPackage("model.onnx", graph).AddBytes("w.bin", new byte[4096 * 4]);
        graph[graph.AsSpan().IndexOf("w.bin"u8)] = (byte)'v';

        (await FluentActions.Awaiting(() => Sealer.SealAsync(package, Target, Options, cancellationToken: Cancellation))
            .Should().ThrowAsync<SealedModelException>()).Which.Failure.Should().Be(SealedModelFailure.InvalidGraph);
    }

    [Fact]
    public async Task A_clock_before_1970_does_not_seal_what_cannot_be_opened()
    {
        Microsoft.Extensions.Time.Testing.FakeTimeProvider clock = new(new DateTimeOffset(1969, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using MemoryStream file = new();
        try
        {
            await new ModelSealer(_files.Publisher, _files.Key, clock).SealAsync(SealedFiles.Package([]), file, Options, cancellationToken: Cancellation);
        }
        catch (InvalidOperationException)
        {
            return;
        }

        FluentActions.Invoking(() => _files.Open(file.ToArray())).Should().NotThrow();
    }

    [Fact]
    public async Task A_folder_as_destination_is_refused_before_the_work()
    {
        Directory.CreateDirectory(Target);
        List<SealProgress> reports = [];

        Func<Task> seal = () => Sealer.SealAsync(
            SealedFiles.Package([]), Target, new SealOptions { Name = "test", Overwrite = true }, new Synchronous(reports.Add), Cancellation);

        await seal.Should().ThrowAsync<IOException>();
        reports.Should().BeEmpty();
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
    public async Task A_graph_in_a_sub_folder_is_packed_once()
    {
        string sub = _folder.CreateSubdirectory("sub").FullName;
        await File.WriteAllBytesAsync(Path.Combine(sub, "model.onnx"), SealedFiles.Graph, Cancellation);

        ModelPackage package;
        try
        {
            package = ModelPackage.FromFolder(_folder.FullName, "sub/model.onnx");
        }
        catch (ArgumentException)
        {
            return;
        }

        package.Paths.Should().ContainSingle();
    }

    [Fact]
    public async Task A_path_that_is_a_file_and_a_folder_is_refused()
    {
        await FluentActions.Awaiting(() => _files.SealAsync(SealedFiles.Package([]).AddBytes("a", new byte[1]).AddBytes("a/b", new byte[1])))
            .Should().ThrowAsync<ArgumentException>();
    }

    [Fact]
    public async Task A_retry_after_a_failure_does_not_sign_an_empty_entry()
    {
        bool fails = true;
        ModelPackage package = SealedFiles.Package([])
            .AddStream("weights.bin", new MemoryStream(SealedFiles.Content(3 << 20)))
            .AddStream("zz.bin", new Hook(() => { if (fails) { throw new IOException("the disk went away"); } }));
        await FluentActions.Awaiting(() => Sealer.SealAsync(package, Target, Options, cancellationToken: Cancellation)).Should().ThrowAsync<IOException>();
        fails = false;

        try
        {
            await Sealer.SealAsync(package, Target, Options, cancellationToken: Cancellation);
        }
        catch (Exception)
        {
            return;
        }

        using SealedModel model = SealedModel.Open(Target, _files.Publisher.PublicKey);
        model.Manifest.FindEntry("weights.bin")!.Size.Should().Be(3 << 20);
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
    public async Task A_link_in_a_folder_is_not_left_out_in_silence()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links");
        string folder = _folder.CreateSubdirectory("snapshot").FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "model.onnx"), SealedFiles.Graph, Cancellation);
        await File.WriteAllTextAsync(Path.Combine(folder, "blob"), "1", Cancellation);
        File.CreateSymbolicLink(Path.Combine(folder, "tokenizer.json"), Path.Combine(folder, "blob"));

        ModelPackage package;
        try
        {
            package = ModelPackage.FromFolder(folder, "model.onnx");
        }
        catch (Exception error) when (error is ArgumentException or SealedModelException)
        {
            return;
        }

        package.Paths.Should().Contain("tokenizer.json");
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

    private sealed class Hook(Action action) : Pipe([])
    {
        public override int Read(byte[] buffer, int offset, int count)
        {
            action();
            return 0;
        }
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
