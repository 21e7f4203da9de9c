using Oml.Sdk.Sealing;
using Oml.Sdk.TestModels;

namespace Oml.Sdk.Tests.Sealing;

public sealed class ModelPackageTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oml-package-");
    private readonly SealedFiles _files = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _files.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task External_data_is_collected_from_the_graph()
    {
        string path = Write(ExternalGraph("data/weights.bin", length: 8192));
        byte[] weights = SealedFiles.Content(8192);
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "data"));
        await File.WriteAllBytesAsync(Path.Combine(_folder.FullName, "data", "weights.bin"), weights, Cancellation);

        using SealedModel model = _files.Open(await _files.SealAsync(ModelPackage.FromOnnx(path)));
        using UnlockedModel unlocked = model.Unlock(_files.Key);

        model.Manifest.Entries.Select(entry => entry.Path).Should().Equal("model.onnx", "data/weights.bin");
        (await unlocked.ReadAllBytesAsync("data/weights.bin", Cancellation)).Should().Equal(weights);
    }

    [Fact]
    public async Task A_small_tensor_is_moved_into_the_graph()
    {
        string path = Write(ExternalGraph("weights.bin", length: 64));
        await File.WriteAllBytesAsync(Path.Combine(_folder.FullName, "weights.bin"), new byte[64], Cancellation);

        using SealedModel model = _files.Open(await _files.SealAsync(ModelPackage.FromOnnx(path)));
        using UnlockedModel unlocked = model.Unlock(_files.Key);

        byte[] graph = await unlocked.ReadAllBytesAsync("model.onnx", Cancellation);
        Oml.Sdk.Sealing.Onnx.OnnxModelScanner.Scan(graph).ExternalTensors.Should().BeEmpty();
    }

    [Fact]
    public async Task A_folder_brings_all_of_its_files()
    {
        Write(SealedFiles.Graph);
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "tokenizer"));
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "tokenizer", "vocab.txt"), "a b c", Cancellation);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "labels.txt"), "0 1", Cancellation);

        ModelPackage package = ModelPackage.FromFolder(_folder.FullName, "model.onnx");

        package.Paths.Should().Equal("model.onnx", "labels.txt", "tokenizer/vocab.txt");
    }

    [Theory]
    [InlineData("model.oml", "is a sealed model")]
    [InlineData("tokenizer/old.bin", "is a sealed model")]
    [InlineData("model.oml.0a1b2c3d.partial", "cut off")]
    public async Task What_an_earlier_sealing_left_in_the_folder_is_not_sealed_again(string name, string fault)
    {
        string graph = Write(SealedFiles.Graph);
        string path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (fault == "cut off")
        {
            await File.WriteAllBytesAsync(path, new byte[5000], Cancellation);
        }
        else
        {
            await File.WriteAllBytesAsync(path, await _files.SealAsync(ModelPackage.FromOnnx(graph)), Cancellation);
        }

        FluentActions.Invoking(() => ModelPackage.FromFolder(_folder.FullName, "model.onnx")).Should().Throw<ArgumentException>()
            .WithMessage($"*'{name}'*{fault}*");
        ModelPackage.FromOnnx(graph).AddFile("old.oml", path).Paths.Should().Equal("model.onnx", "old.oml");
    }

    [Fact]
    public void External_data_that_is_missing_is_named_with_its_tensor()
    {
        string path = Write(ExternalGraph("weights.bin", length: 8192));

        FluentActions.Invoking(() => ModelPackage.FromOnnx(path)).Should().Throw<SealedModelException>()
            .WithMessage("*w*weights.bin*").Which.Failure.Should().Be(SealedModelFailure.InvalidGraph);
    }

    [Fact]
    public async Task External_data_that_was_cut_is_refused()
    {
        string path = Write(ExternalGraph("weights.bin", length: 8192));
        await File.WriteAllBytesAsync(Path.Combine(_folder.FullName, "weights.bin"), new byte[8000], Cancellation);

        await FluentActions.Awaiting(() => _files.SealAsync(ModelPackage.FromOnnx(path))).Should().ThrowAsync<SealedModelException>()
            .WithMessage("*weights.bin*8000*8192*");
    }

    [Theory]
    [InlineData("../weights.bin")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b")]
    public void External_data_outside_of_the_folder_is_refused(string location)
    {
        string path = Write(ExternalGraph(location, length: 8192));

        FluentActions.Invoking(() => ModelPackage.FromOnnx(path)).Should().Throw<SealedModelException>()
            .Which.Failure.Should().Be(SealedModelFailure.InvalidGraph);
    }

    [Fact]
    public async Task Native_code_for_an_execution_provider_is_sealed_only_when_it_is_declared()
    {
        byte[] graph = new OnnxGraph("g").Input("x", OnnxType.Float, 1).Node("EPContext", ["x"], ["y"]).Output("y", OnnxType.Float, 1).ToArray();
        ModelPackage package = new("model.onnx", graph);

        await FluentActions.Awaiting(() => _files.SealAsync(package)).Should().ThrowAsync<SealedModelException>().WithMessage("*EPContext*AllowEPContext*");
        using SealedModel model = _files.Open(await _files.SealAsync(package, new SealOptions { Name = "native", AllowEPContext = true }));
        model.Manifest.DeclaresEPContext.Should().BeTrue();
    }

    [Fact]
    public async Task A_graph_in_memory_needs_its_external_data_in_the_package()
    {
        ModelPackage package = new("model.onnx", ExternalGraph("weights.bin", length: 8192));

        await FluentActions.Awaiting(() => _files.SealAsync(package)).Should().ThrowAsync<SealedModelException>().WithMessage("*weights.bin*add it*");
        await _files.SealAsync(package.AddBytes("weights.bin", new byte[8192]));
    }

    private static byte[] ExternalGraph(string location, long length) => new OnnxGraph("external")
        .Input("x", OnnxType.Float, length / 4)
        .Initializer("w", OnnxTensor.External(OnnxType.Float, location, 0, length, length / 4))
        .Node("Add", ["x", "w"], ["y"]).Output("y", OnnxType.Float, length / 4).ToArray();

    private string Write(byte[] graph)
    {
        string path = Path.Combine(_folder.FullName, "model.onnx");
        File.WriteAllBytes(path, graph);
        return path;
    }
}
