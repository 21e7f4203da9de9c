using System.Runtime.InteropServices;
using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;
using Oml.Sdk.TestModels;

namespace Oml.Sdk.OnnxRuntime.Tests.Sealing;

/// <summary>Alone: it changes where temporary files are, and what is in them.</summary>
[CollectionDefinition(nameof(LoadingDefenceTests), DisableParallelization = true)]
[Collection(nameof(LoadingDefenceTests))]
public sealed class LoadingDefenceTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oml-defence-");
    private readonly PermissionIssuer _publisher = PermissionIssuer.Create();
    private readonly ContentKey _contentKey = ContentKey.Generate();
    private readonly LicenseeKey _licensee = LicenseeKey.Create();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Target => Path.Combine(_folder.FullName, "model.oml");

    public void Dispose()
    {
        _publisher.Dispose();
        _contentKey.Dispose();
        _licensee.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_machine_without_a_folder_for_temporary_files_opens_sealed_models()
    {
        string? before = Environment.GetEnvironmentVariable("TMPDIR");
        Environment.SetEnvironmentVariable("TMPDIR", "/nowhere");
        try
        {
            await RunAsync(Adding("w.bin"), ("w.bin", Ones()));
        }
        finally
        {
            Environment.SetEnvironmentVariable("TMPDIR", before);
        }
    }

    [Fact]
    public async Task When_both_ways_to_load_fail_both_reasons_are_told()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "TMPDIR");
        byte[] graph = new OnnxGraph("g").Input("x", OnnxType.Float, 1024)
            .Initializer("w", OnnxTensor.External(OnnxType.Float, "w.bin", 0, 4096, 1024))
            .Node("NoSuchOperator", ["x", "w"], ["y"]).Output("y", OnnxType.Float, 1024).ToArray();
        string? before = Environment.GetEnvironmentVariable("TMPDIR");
        Environment.SetEnvironmentVariable("TMPDIR", "/nowhere");
        try
        {
            (await FluentActions.Awaiting(() => RunAsync(graph, ("w.bin", Ones()))).Should().ThrowAsync<ModelLoadException>())
                .WithMessage("*NoSuchOperator*where they are*/nowhere*");
        }
        finally
        {
            Environment.SetEnvironmentVariable("TMPDIR", before);
        }
    }

    [Fact]
    public async Task A_file_that_is_a_folder_of_another_is_not_sealed()
    {
        byte[] graph = new OnnxGraph("g").Input("x", OnnxType.Float, 1024)
            .Initializer("w", OnnxTensor.External(OnnxType.Float, "a", 0, 4096, 1024))
            .Initializer("v", OnnxTensor.External(OnnxType.Float, "a/b", 0, 4096, 1024))
            .Node("Add", ["x", "w"], ["z"]).Node("Add", ["z", "v"], ["y"]).Output("y", OnnxType.Float, 1024).ToArray();

        await FluentActions.Awaiting(() => RunAsync(graph, ("a", Ones()), ("a/b", Ones()))).Should().ThrowAsync<ArgumentException>();
    }

    [Fact]
    public async Task A_weight_in_memory_that_is_an_output_is_a_copy()
    {
        byte[] graph = new OnnxGraph("g").Input("x", OnnxType.Float, 1024)
            .Initializer("w", OnnxTensor.External(OnnxType.Float, "w.bin", 0, 4096, 1024))
            .Node("Add", ["x", "w"], ["y"]).Node("Identity", ["w"], ["i"])
            .Output("y", OnnxType.Float, 1024).Output("w", OnnxType.Float, 1024).Output("i", OnnxType.Float, 1024).ToArray();
        for (int i = 0; i < 2; i++)
        {
            await using OmlModel model = await SealAsync(graph, ("w.bin", Ones()));
            OmlSession session = await model.AuthorizeAsync(Permission(model.Id), Cancellation);
            for (int j = 0; j < 3; j++)
            {
                using InferenceOutputs outputs = await session.InferAsync(Inputs(), Cancellation);
                foreach (OutputTensor o in outputs)
                {
                    o.GetSpan<float>()[0].Should().Be(1f, o.Name);
                    o.GetSpan<float>().Fill(42);
                }
            }

            InferenceOutputs late = await session.InferAsync(Inputs(), Cancellation);
            await session.DisposeAsync();
            await model.DisposeAsync();
            foreach (OutputTensor o in late)
            {
                o.GetSpan<float>()[0].Should().Be(1f, o.Name);
            }

            late.Dispose();
        }
    }

    [Fact]
    public async Task A_weight_without_elements_is_taken_from_memory()
    {
        byte[] graph = new OnnxGraph("g").Input("x", OnnxType.Float, 1024)
            .Initializer("w", OnnxTensor.External(OnnxType.Float, "w.bin", 0, 0, 0))
            .Initializer("v", OnnxTensor.External(OnnxType.Float, "v.bin", 4096, 0, 0))
            .Node("Concat", ["x", "w", "v"], ["y"], OnnxAttribute.Int("axis", 0))
            .Output("y", OnnxType.Float, 1024).ToArray();

        await RunAsync(graph, ("w.bin", []), ("v.bin", Ones()));
    }

    [Fact]
    public async Task A_weight_with_an_odd_name_is_taken_from_memory()
    {
        await RunAsync(Adding("ü b/ç%20 #1.bin"), ("ü b/ç%20 #1.bin", Ones()));
    }

    [Fact]
    public async Task A_weight_that_is_an_input_too_is_taken_from_memory()
    {
        byte[] graph = new OnnxGraph("g").Input("x", OnnxType.Float, 1024).Input("w", OnnxType.Float, 1024)
            .Initializer("w", OnnxTensor.External(OnnxType.Float, "w.bin", 0, 4096, 1024))
            .Node("Add", ["x", "w"], ["y"]).Output("y", OnnxType.Float, 1024).ToArray();

        await RunAsync(graph, ("w.bin", Ones()));
    }

    [Fact]
    public async Task A_weight_that_nothing_uses_does_no_harm()
    {
        byte[] graph = new OnnxGraph("g").Input("x", OnnxType.Float, 1024)
            .Initializer("w", OnnxTensor.External(OnnxType.Float, "w.bin", 0, 4096, 1024))
            .Node("Relu", ["x"], ["y"]).Output("y", OnnxType.Float, 1024).ToArray();

        await RunAsync(graph, ("w.bin", Ones()));
    }

    [Fact]
    public async Task A_weight_at_any_offset_is_taken_from_memory()
    {
        byte[] bytes = [0, .. Ones()];
        byte[] graph = new OnnxGraph("g").Input("x", OnnxType.Float, 1024)
            .Initializer("w", OnnxTensor.External(OnnxType.Float, "w.bin", 1, 4096, 1024))
            .Node("Add", ["x", "w"], ["y"]).Output("y", OnnxType.Float, 1024).ToArray();

        await RunAsync(graph, ("w.bin", bytes));
    }

    [Theory]
    [InlineData("Relu")]
    [InlineData("Neg")]
    [InlineData("Sqrt")]
    public async Task An_optimizer_that_computes_with_weights_finds_the_signed_ones(string op)
    {
        byte[] four = MemoryMarshal.AsBytes(Enumerable.Repeat(4f, 1024).ToArray().AsSpan()).ToArray();
        byte[] graph = new OnnxGraph("g").Input("x", OnnxType.Float, 1024)
            .Initializer("w", OnnxTensor.External(OnnxType.Float, "w.bin", 0, 4096, 1024))
            .Node(op, ["w"], ["c"]).Node("Add", ["x", "c"], ["y"]).Output("y", OnnxType.Float, 1024).ToArray();
        await using OmlModel model = await SealAsync(graph, ("w.bin", four));
        await using OmlSession session = await model.AuthorizeAsync(Permission(model.Id), Cancellation);
        using InferenceOutputs outputs = await session.InferAsync(Inputs(), Cancellation);
        outputs[0].GetSpan<float>()[7].Should().Be(op == "Relu" ? 4f : op == "Neg" ? -4f : 2f);
    }

    [Fact]
    public async Task An_optimizer_that_fuses_weights_finds_the_signed_ones()
    {
        byte[] w = MemoryMarshal.AsBytes(Enumerable.Repeat(4f, 1024).ToArray().AsSpan()).ToArray();
        byte[] graph = new OnnxGraph("g").Input("x", OnnxType.Float, 1, 1024, 1, 1)
            .Initializer("w", OnnxTensor.External(OnnxType.Float, "w.bin", 0, 4096, 1, 1024, 1, 1))
            .Initializer("s", OnnxTensor.Of<float>([2f], 1)).Initializer("b", OnnxTensor.Of<float>([1f], 1))
            .Initializer("m", OnnxTensor.Of<float>([0f], 1)).Initializer("v", OnnxTensor.Of<float>([1f], 1))
            .Node("Conv", ["x", "w"], ["c"]).Node("BatchNormalization", ["c", "s", "b", "m", "v"], ["y"])
            .OutputOfAnyRank("y", OnnxType.Float).ToArray();
        await using OmlModel model = await SealAsync(graph, ("w.bin", w));
        await using OmlSession session = await model.AuthorizeAsync(Permission(model.Id), Cancellation);
        using InferenceOutputs outputs = await session.InferAsync(
            new InferenceInputs().Add("x", Enumerable.Repeat(1f, 1024).ToArray(), 1, 1024, 1, 1), Cancellation);
        outputs[0].GetSpan<float>()[0].Should().BeApproximately(8193f, 1f);
    }

    [Fact]
    public async Task Weights_that_somebody_puts_into_the_temporary_files_do_not_reach_the_runtime()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "TMPDIR");
        byte[] plain = File.ReadAllBytes(Oml.Sdk.Tests.Support.TestData.Require("magika", "model.onnx"));
        string path = ExternalModel.Write(_folder.FullName, plain);
        long length = new FileInfo(Path.Combine(_folder.FullName, ExternalModel.Weights)).Length;
        ModelId id = await new ModelSealer(_publisher, _contentKey).SealAsync(
            ModelPackage.FromOnnx(path), Target, new SealOptions { Name = "m" }, cancellationToken: Cancellation);
        byte[] expected = (await OutputsAsync(id)).Bytes;

        // Whoever runs as the same user: the licensee, whom the tree of the sealed model is there to stop.
        string temporary = Path.GetTempPath();
        bool stop = false;
        Thread licensee = new(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                foreach (string folder in Directory.EnumerateDirectories(temporary, "oml-*"))
                {
                    string decoy = Path.Combine(folder, ExternalModel.Weights);
                    try
                    {
                        if (folder != _folder.FullName && new FileInfo(decoy) is { Exists: true, Length: 0 })
                        {
                            using FileStream file = new(decoy, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
                            file.SetLength(length);
                        }
                    }
                    catch (IOException)
                    {
                    }
                }
            }
        });
        licensee.Start();
        int replaced = 0, warned = 0;
        try
        {
            for (int i = 0; i < 20; i++)
            {
                (byte[] bytes, bool copied) = await OutputsAsync(id);
                replaced += bytes.AsSpan().SequenceEqual(expected) ? 0 : 1;
                warned += copied ? 1 : 0;
            }
        }
        finally
        {
            Volatile.Write(ref stop, true);
            licensee.Join();
        }

        replaced.Should().Be(0, $"only signed weights may run ({warned} of 20 were copied)");
    }

    private async Task<(byte[] Bytes, bool Copied)> OutputsAsync(ModelId id)
    {
        await using OmlModel model = await OmlModel.CreateBuilder().UseOnnxRuntime().TrustIssuer(_publisher.PublicKey)
            .UseSealedModel(Target, _licensee).BuildAsync(Cancellation);
        await using OmlSession session = await model.AuthorizeAsync(Permission(id), Cancellation);
        TensorInfo input = model.Signature.Inputs[0];
        long[] shape = [.. input.Shape.Select((d, i) => d > 0 ? d : i == 0 ? 1L : 2048L)];
        int count = (int)shape.Aggregate(1L, (a, b) => a * b);
        InferenceInputs inputs = input.ElementType == Oml.Sdk.Inference.TensorElementType.Int32
            ? new InferenceInputs().Add(input.Name, Enumerable.Range(0, count).Select(i => i % 256).ToArray(), shape)
            : new InferenceInputs().Add(input.Name, Enumerable.Range(0, count).Select(i => (float)(i % 256)).ToArray(), shape);
        using InferenceOutputs outputs = await session.InferAsync(inputs, Cancellation);
        return (MemoryMarshal.AsBytes(outputs[0].GetSpan<float>()).ToArray(), false);
    }

    private static byte[] Ones() => MemoryMarshal.AsBytes(Enumerable.Repeat(1f, 1024).ToArray().AsSpan()).ToArray();

    private static byte[] Adding(string location) => new OnnxGraph("g").Input("x", OnnxType.Float, 1024)
        .Initializer("w", OnnxTensor.External(OnnxType.Float, location, 0, 4096, 1024))
        .Node("Add", ["x", "w"], ["y"]).Output("y", OnnxType.Float, 1024).ToArray();

    private static InferenceInputs Inputs() => new InferenceInputs().Add("x", new float[1024], 1024);

    private async Task RunAsync(byte[] graph, params (string Path, byte[] Content)[] files)
    {
        await using OmlModel model = await SealAsync(graph, files);
        await using OmlSession session = await model.AuthorizeAsync(Permission(model.Id), Cancellation);
        using InferenceOutputs outputs = await session.InferAsync(Inputs(), Cancellation);
        outputs.Count.Should().BePositive();
    }

    private async Task<OmlModel> SealAsync(byte[] graph, params (string Path, byte[] Content)[] files)
    {
        ModelPackage package = new("model.onnx", graph);
        foreach ((string path, byte[] content) in files)
        {
            package.AddBytes(path, content);
        }

        await new ModelSealer(_publisher, _contentKey).SealAsync(
            package, Target, new SealOptions { Name = "m", Overwrite = true }, cancellationToken: Cancellation);
        return await OmlModel.CreateBuilder().UseOnnxRuntime().TrustIssuer(_publisher.PublicKey)
            .UseSealedModel(Target, _licensee).BuildAsync(Cancellation);
    }

    private byte[] Permission(ModelId id) => _publisher.Issue(new PermissionRequest
    {
        Licensee = "licensee", Model = id, Lifetime = TimeSpan.FromHours(1), Quota = 1_000, WrappedContentKey = _contentKey.WrapFor(_licensee.PublicKey, id),
    });
}
