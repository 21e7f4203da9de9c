using Oml.Sdk.Fingerprints;
using Oml.Sdk.Sealing;
using Oml.Sdk.Sealing.Onnx;
using Oml.Sdk.TestModels;

namespace Oml.Sdk.Tests.Sealing;

/// <summary>Weights that lie in a graph and are sealed beside it.</summary>
public sealed class SeparateWeightsTests : IDisposable
{
    private const int Floats = 64 * 128;

    private readonly SealedFiles _files = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oml-weights-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _files.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Large_weights_leave_the_graph_and_are_the_same()
    {
        byte[] plain = TestModel.Mlp(64, 128, 3, 10);
        ModelPackage package = ModelPackage.FromOnnx(Write(plain));
        package.Paths.Should().Equal("model.onnx", "model.onnx.weights");

        (byte[] graph, byte[] weights) = await SealAsync(package);

        OnnxModelScan before = OnnxModelScanner.Scan(plain);
        OnnxModelScan after = OnnxModelScanner.Scan(graph);
        after.ExternalTensors.Select(tensor => tensor.Name).Should().Equal("w0", "w1", "w2");
        foreach (ExternalTensor tensor in after.ExternalTensors)
        {
            ByteRange data = before.LargeInlineTensors.Single(one => one.Name == tensor.Name).Data;
            tensor.Location.Should().Be("model.onnx.weights");
            (tensor.Offset % 64).Should().Be(0);
            weights.AsSpan((int)tensor.Offset, (int)tensor.Length).SequenceEqual(plain.AsSpan(data.Start, data.Length)).Should().BeTrue(tensor.Name);
            graph.AsSpan().IndexOf(plain.AsSpan(data.Start + 100, 64)).Should().Be(-1, "nothing of it is left in the graph");
        }
    }

    [Fact]
    public async Task Nothing_is_moved_when_that_was_asked_for()
    {
        byte[] plain = TestModel.Mlp(64, 128, 3, 10);
        ModelPackage package = ModelPackage.FromOnnx(Write(plain), new ModelPackageOptions { SeparateWeights = false });
        package.Paths.Should().Equal("model.onnx");

        (await SealAsync(package)).Graph.Should().Equal(plain);
    }

    [Fact]
    public void What_a_runtime_reads_while_it_loads_stays_in_the_graph()
    {
        OnnxGraph graph = new OnnxGraph("stays").Input("x", OnnxType.Float, 1, 64, 1, 1).Input("default", OnnxType.Float, 64, 128)
            .Initializer("conv", Tensor(128, 64, 1, 1)).Initializer("folded", Tensor(64, 128)).Initializer("default", Tensor(64, 128))
            .Initializer("small", OnnxTensor.Of(new float[64], 64)).Initializer("ints", OnnxTensor.Of(new long[8192], 8192))
            .Initializer("moved", Tensor(64, 128))
            .Node("Conv", ["x", "conv"], ["c"]).Node("Neg", ["folded"], ["n"]).Node("Add", ["moved", "n"], ["s"])
            .OutputOfAnyRank("s", OnnxType.Float);

        MovableTensors.In(OnnxModelScanner.Scan(graph.ToArray())).Select(tensor => tensor.Name).Should().Equal("moved");
    }

    [Fact]
    public void A_name_that_is_taken_is_not_taken_again()
    {
        string path = Write(TestModel.Mlp(64, 128, 3, 10));
        File.WriteAllText(path + ".weights", "the publisher's own");

        ModelPackage.FromFolder(_folder.FullName, "model.onnx").Paths.Should().Equal("model.onnx", "model.onnx.weights2", "model.onnx.weights");
    }

    [Fact]
    public async Task A_graph_whose_weights_moved_meanwhile_is_not_sealed()
    {
        ModelPackage package = ModelPackage.FromOnnx(Write(TestModel.Mlp(64, 128, 3, 10)));
        Write(TestModel.Mlp(64, 128, 4, 10));

        await FluentActions.Awaiting(() => SealAsync(package)).Should().ThrowAsync<SealedModelException>().WithMessage("*changed*Seal it again*");
    }

    [Fact]
    public async Task A_large_bias_that_is_baked_is_sealed_with_the_graph_and_the_rest_beside_it()
    {
        byte[] plain = TestModel.LinearClassifier(4, 5000);
        using FingerprintKey key = FingerprintKey.Generate();
        ModelPackage package = ModelPackage.FromOnnx(Write(plain));
        FingerprintBaker baker = new(key, new BakingOptions { Amplitude = 0.02 });

        BakedFingerprint baked = package.Bake(baker, 7);

        baked.Placement.Should().Be(BakedPlacement.Bias);
        (byte[] graph, byte[] weights) = await SealAsync(package);
        OnnxModelScan scan = OnnxModelScanner.Scan(graph);
        scan.ExternalTensors.Should().ContainSingle().Which.Name.Should().Be("weights");
        weights.Should().HaveCount(4 * 5000 * sizeof(float));
        InlineTensor bias = scan.LargeInlineTensors.Should().ContainSingle().Which;
        ByteRange clean = OnnxModelScanner.Scan(plain).LargeInlineTensors.Single(tensor => tensor.Name == "bias").Data;
        graph.AsSpan(bias.Data.Start, bias.Data.Length).SequenceEqual(plain.AsSpan(clean.Start, clean.Length)).Should().BeFalse();
    }

    private static OnnxTensor Tensor(params long[] dims) => OnnxTensor.Of(new float[Floats], dims);

    private string Write(byte[] graph)
    {
        string path = Path.Combine(_folder.FullName, "model.onnx");
        File.WriteAllBytes(path, graph);
        return path;
    }

    private async Task<(byte[] Graph, byte[] Weights)> SealAsync(ModelPackage package)
    {
        using SealedModel model = _files.Open(await _files.SealAsync(package));
        using UnlockedModel contents = model.Unlock(_files.Key);
        byte[] graph = await contents.ReadAllBytesAsync("model.onnx", Cancellation);
        return (graph, package.Paths.Count() > 1 ? await contents.ReadAllBytesAsync("model.onnx.weights", Cancellation) : []);
    }
}
