using Microsoft.Extensions.Logging.Abstractions;
using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;
using Oml.Sdk.Sealing.Loading;
using Oml.Sdk.TestModels;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.OnnxRuntime.Tests.Sealing;

/// <summary>Models whose weights are moved out of the graph when they are sealed compute what they computed before.</summary>
public sealed class SeparateWeightsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oml-separate-");
    private readonly PermissionIssuer _publisher = PermissionIssuer.Create();
    private readonly ContentKey _key = ContentKey.Generate();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _publisher.Dispose();
        _key.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("magika/model.onnx")]
    [InlineData("mnist/model.onnx")]
    [InlineData("super-resolution/model.onnx")]
    [InlineData("nnsplit/en.onnx")]
    [InlineData("tiny-gpt2/past.onnx")]
    public Task A_real_model_computes_the_same_and_its_weights_are_not_copied(string file) =>
        CompareAsync(File.ReadAllBytes(TestData.Require(file.Split('/'))), mustMove: false);

    [Fact]
    public Task A_stack_of_products_runs_from_the_memory_that_its_weights_are_decrypted_into() =>
        CompareAsync(TestModel.Mlp(64, 512, 4, 100), mustMove: true);

    [Fact]
    public Task A_loop_that_reads_weights_of_the_graph_around_it_computes_the_same() => CompareAsync(TestModel.Slow(2), mustMove: true);

    private async Task CompareAsync(byte[] plain, bool mustMove)
    {
        string path = Path.Combine(_folder.FullName, "model.onnx");
        await File.WriteAllBytesAsync(path, plain, Cancellation);
        using MemoryStream file = new();
        await new ModelSealer(_publisher, _key).SealAsync(
            ModelPackage.FromOnnx(path), file, new SealOptions { Name = "separate" }, cancellationToken: Cancellation);
        file.Position = 0;
        OnnxRuntimeOptions options = new() { Prepacking = Prepacking.Off };
        using OpenSession reference = SessionFactory.Open(ModelSource.FromBytes(plain), options, NullLogger.Instance);
        using SealedModel model = SealedModel.Open(file, _publisher.PublicKey);
        using UnlockedModel contents = model.Unlock(_key);

        byte[][] outputs = [];
        int moved = 0;
        bool isCopied = false;
        await using IInferenceBackend backend = await SealedModelLoader.LoadAsync(
            contents,
            "separate",
            (source, loggers, _) =>
            {
                using OpenSession open = SessionFactory.Open(source, options, NullLogger.Instance);
                moved = source.ExternalInitializers.Length;
                isCopied = moved > 0 && open.Weights is null;
                outputs = SessionRun.Outputs(open.Session);
                return new(OnnxRuntimeBackend.Load(source, options, loggers));
            },
            NullLoggerFactory.Instance,
            Cancellation);

        outputs.Should().BeEquivalentTo(SessionRun.Outputs(reference.Session), equivalency => equivalency.WithStrictOrdering());
        isCopied.Should().BeFalse("{0} weights were moved, and ONNX Runtime can use them where they are", moved);
        (moved > 0 || !mustMove).Should().BeTrue();
        TestContext.Current.TestOutputHelper?.WriteLine($"{moved} moved");
    }
}
