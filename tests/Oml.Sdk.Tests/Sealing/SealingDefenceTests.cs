using Oml.Sdk.Sealing;
using Oml.Sdk.TestModels;

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
}
