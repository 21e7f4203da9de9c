using System.Runtime.InteropServices;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Sealing;
using Oml.Sdk.TestModels;
using Oml.Sdk.Tests.Fingerprints;

namespace Oml.Sdk.Tests.Sealing.Baking;

/// <summary>A licensee's copy of a model with external data, sealed: what is in the sealed file.</summary>
public sealed class BakedPackageTests : IDisposable
{
    private const int Offset = 100;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oml-baked-");
    private readonly SealedFiles _files = new();
    private readonly FingerprintKey _key = FingerprintTestData.PublisherKey(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _files.Dispose();
        _key.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task The_graph_of_a_package_is_baked_and_the_file_on_the_disk_is_not()
    {
        byte[] clean = BakingModels.MatMulAdd().ToArray();
        string path = Write(clean);
        ModelPackage package = ModelPackage.FromOnnx(path);

        BakedFingerprint fingerprint = package.Bake(BakingModels.Baker(_key), 3);

        (byte[] graph, _) = await SealAndOpenAsync(package);
        BakingModels.Floats(graph, "b").Should().Equal(Marked(clean, 3));
        fingerprint.Subject.Should().Be(new FingerprintSubject(ModelId.Compute(clean), 3));
        (await File.ReadAllBytesAsync(path, Cancellation)).Should().Equal(clean);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(100)]
    public async Task A_bias_in_external_data_is_changed_there_and_its_clean_values_are_nowhere(int classes)
    {
        (byte[] clean, byte[] weights) = WriteExternal(classes);
        ModelPackage package = ModelPackage.FromOnnx(Path.Combine(_folder.FullName, "model.onnx"));

        BakedFingerprint fingerprint = package.Bake(BakingModels.Baker(_key), 3);

        (byte[] graph, byte[]? sealedWeights) = await SealAndOpenAsync(package);
        byte[] marked = MemoryMarshal.AsBytes<float>(Marked(clean, 3, classes)).ToArray();
        fingerprint.Placement.Should().Be(BakedPlacement.Bias);
        sealedWeights.Should().Equal([.. weights[..Offset], .. marked, .. weights[(Offset + marked.Length)..]]);
        if (classes * sizeof(float) < 1024)
        {
            BakingModels.Raw(graph, "b").Should().Equal(marked, "a small tensor travels with the graph");
        }
        else
        {
            graph.Should().Equal(clean);
        }

        (await File.ReadAllBytesAsync(Path.Combine(_folder.FullName, "weights.bin"), Cancellation)).Should().Equal(weights);
    }

    [Fact]
    public async Task A_bias_over_two_segments_of_external_data_is_changed_whole()
    {
        const int Large = 600_000;
        (byte[] clean, byte[] weights) = WriteExternal(Large);
        ModelPackage package = ModelPackage.FromOnnx(Path.Combine(_folder.FullName, "model.onnx"));
        package.Bake(BakingModels.Baker(_key), 3);

        (_, byte[]? sealedWeights) = await SealAndOpenAsync(package);

        byte[] marked = MemoryMarshal.AsBytes<float>(Marked(clean, 3, Large)).ToArray();
        sealedWeights.AsSpan(0, Offset).SequenceEqual(weights.AsSpan(0, Offset)).Should().BeTrue();
        sealedWeights.AsSpan(Offset, marked.Length).SequenceEqual(marked).Should().BeTrue();
        sealedWeights.AsSpan(Offset + marked.Length).SequenceEqual(weights.AsSpan(Offset + marked.Length)).Should().BeTrue();
    }

    [Fact]
    public void A_bias_whose_place_in_external_data_another_tensor_shares_is_left_alone()
    {
        WriteExternal(1000, graph => graph.Initializer("same", OnnxTensor.External(OnnxType.Float, "weights.bin", Offset + 400, 4000, 1000))
            .Node("Exp", ["same"], ["e"]).Output("e", OnnxType.Float, 1000));
        ModelPackage package = ModelPackage.FromOnnx(Path.Combine(_folder.FullName, "model.onnx"));

        package.Bake(BakingModels.Baker(_key, output: "logits"), 3).Placement.Should().Be(BakedPlacement.AddedNode);
    }

    [Fact]
    public void A_bias_in_external_data_that_is_not_at_hand_is_left_alone()
    {
        (byte[] clean, byte[] weights) = WriteExternal(1000);
        ModelPackage package = new ModelPackage("model.onnx", clean).AddBytes("weights.bin", weights);

        package.Bake(BakingModels.Baker(_key), 3).Placement.Should().Be(BakedPlacement.AddedNode);
        BakingModels.Baker(_key).Bake(clean, 3).Fingerprint.Placement.Should().Be(BakedPlacement.AddedNode);
    }

    [Fact]
    public async Task An_addition_is_sealed_with_small_tensors_moved_into_the_graph_beside_it()
    {
        WriteExternal(100, graph => graph.Node("Exp", ["b"], ["e"]).Output("e", OnnxType.Float, 100));
        ModelPackage package = ModelPackage.FromOnnx(Path.Combine(_folder.FullName, "model.onnx"));
        package.Bake(BakingModels.Baker(_key, output: "logits"), 3).Placement.Should().Be(BakedPlacement.AddedNode);

        (byte[] graph, _) = await SealAndOpenAsync(package);

        BakingModels.Floats(graph, "b").Should().Equal(BakingModels.Biases(100));
        BakingModels.Producer(graph, "logits").Inputs.Should().Equal("oml_baked_clean", "oml_baked_signs");
    }

    [Fact]
    public async Task A_package_is_one_licensee_s_and_one_that_could_not_be_baked_is_still_clean()
    {
        byte[] clean = BakingModels.MatMulAdd().ToArray();
        ModelPackage package = new("model.onnx", clean);

        FluentActions.Invoking(() => package.Bake(BakingModels.Baker(_key, output: "none"), 1)).Should().Throw<BakingException>();
        (byte[] graph, _) = await SealAndOpenAsync(package);
        graph.Should().Equal(clean);

        package.Bake(BakingModels.Baker(_key), 1);
        FluentActions.Invoking(() => package.Bake(BakingModels.Baker(_key), 2)).Should().Throw<InvalidOperationException>().WithMessage("*for each licensee*");
    }

    [Fact]
    public async Task A_file_that_changed_after_it_was_baked_is_refused()
    {
        string path = Write(BakingModels.MatMulAdd().ToArray());
        ModelPackage package = ModelPackage.FromOnnx(path);
        package.Bake(BakingModels.Baker(_key), 3);
        byte[] other = await File.ReadAllBytesAsync(path, Cancellation);
        other[^1] ^= 1;
        await File.WriteAllBytesAsync(path, other, Cancellation);

        (await FluentActions.Awaiting(() => _files.SealAsync(package)).Should().ThrowAsync<SealedModelException>().WithMessage("*changed*"))
            .Which.Failure.Should().Be(SealedModelFailure.InvalidGraph);
    }

    [Fact]
    public async Task Each_licensee_s_sealed_copy_has_an_id_of_its_own()
    {
        string path = Write(BakingModels.MatMulAdd().ToArray());
        using MemoryStream one = new(), two = new();
        ModelPackage first = ModelPackage.FromOnnx(path), second = ModelPackage.FromOnnx(path);
        BakedFingerprint fingerprint = first.Bake(BakingModels.Baker(_key), 1);
        BakedFingerprint other = second.Bake(BakingModels.Baker(_key), 2);
        ModelSealer sealer = new(_files.Publisher, _files.Key);

        ModelId sealedOne = await sealer.SealAsync(first, one, new SealOptions { Name = "m" }, cancellationToken: Cancellation);
        ModelId sealedTwo = await sealer.SealAsync(second, two, new SealOptions { Name = "m" }, cancellationToken: Cancellation);

        sealedOne.Should().NotBe(sealedTwo).And.NotBe(fingerprint.Subject.Model);
        fingerprint.Subject.Model.Should().Be(other.Subject.Model, "one id traces both");
    }

    private float[] Marked(byte[] clean, ulong licensee, int classes = BakingModels.Classes) =>
        BakingModels.Marked(BakingModels.Signs(_key, clean, licensee, classes));

    private async Task<(byte[] Graph, byte[]? Weights)> SealAndOpenAsync(ModelPackage package)
    {
        using SealedModel model = _files.Open(await _files.SealAsync(package));
        using UnlockedModel unlocked = model.Unlock(_files.Key);
        bool hasWeights = model.Manifest.Entries.Any(entry => entry.Path == "weights.bin");
        return (await unlocked.ReadAllBytesAsync("model.onnx", Cancellation), hasWeights ? await unlocked.ReadAllBytesAsync("weights.bin", Cancellation) : null);
    }

    private string Write(byte[] graph)
    {
        string path = Path.Combine(_folder.FullName, "model.onnx");
        File.WriteAllBytes(path, graph);
        return path;
    }

    // x + b, where b is in a file among other bytes.
    private (byte[] Graph, byte[] Weights) WriteExternal(int classes, Func<OnnxGraph, OnnxGraph>? more = null)
    {
        byte[] weights = SealedFiles.Content(Offset + (classes * sizeof(float)) + 5000);
        MemoryMarshal.AsBytes<float>(BakingModels.Biases(classes)).CopyTo(weights.AsSpan(Offset));
        OnnxGraph graph = new OnnxGraph("external").Input("x", OnnxType.Float, "batch", classes)
            .Initializer("b", OnnxTensor.External(OnnxType.Float, "weights.bin", Offset, classes * sizeof(float), classes))
            .Initializer("pad", OnnxTensor.External(OnnxType.Float, "weights.bin", Offset + (classes * sizeof(float)), 4096, 1024))
            .Node("Add", ["x", "b"], ["logits"]).Output("logits", OnnxType.Float, "batch", classes);
        byte[] bytes = (more?.Invoke(graph) ?? graph).ToArray();
        Write(bytes);
        File.WriteAllBytes(Path.Combine(_folder.FullName, "weights.bin"), weights);
        return (bytes, weights);
    }
}
