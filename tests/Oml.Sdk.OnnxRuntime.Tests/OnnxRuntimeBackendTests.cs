using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Oml.Sdk.Inference;
using Oml.Sdk.Testing;
using Oml.Sdk.TestModels;

namespace Oml.Sdk.OnnxRuntime.Tests;

public sealed class OnnxRuntimeBackendTests : InferenceBackendContract
{
    private static readonly bool HasCuda =
        Microsoft.ML.OnnxRuntime.OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider");

    [Fact]
    public async Task Takes_and_returns_several_tensors_of_several_types()
    {
        await using OnnxRuntimeBackend backend = Load(TestModel.MultiInputOutput());
        InferenceInputs inputs = new InferenceInputs().Add("k", new long[] { 10, 20 }, 2, 1).Add("a", new float[] { 1, 2, 3, 4, 5, 6 }, 2, 3);

        using InferenceOutputs outputs = await backend.InferAsync(inputs);

        outputs["total"].GetSpan<float>().ToArray().Should().Equal(16, 35);
        outputs["next"].GetSpan<long>().ToArray().Should().Equal(11, 21);
        outputs["next"].Shape.ToArray().Should().Equal(2, 1);
    }

    [Fact]
    public async Task Carries_every_number_type_unchanged()
    {
        await RoundTrip(OnnxType.Float, new[] { float.MinValue, -0f, float.Epsilon, float.NaN });
        await RoundTrip(OnnxType.Double, new[] { double.MinValue, Math.PI });
        await RoundTrip(OnnxType.Float16, new[] { Half.MaxValue, (Half)0.1f });
        await RoundTrip(OnnxType.Int8, new[] { sbyte.MinValue, sbyte.MaxValue });
        await RoundTrip(OnnxType.UInt8, new[] { byte.MinValue, byte.MaxValue });
        await RoundTrip(OnnxType.Int16, new[] { short.MinValue, short.MaxValue });
        await RoundTrip(OnnxType.UInt16, new[] { ushort.MinValue, ushort.MaxValue });
        await RoundTrip(OnnxType.Int32, new[] { int.MinValue, int.MaxValue });
        await RoundTrip(OnnxType.UInt32, new[] { uint.MinValue, uint.MaxValue });
        await RoundTrip(OnnxType.Int64, new[] { long.MinValue, long.MaxValue });
        await RoundTrip(OnnxType.UInt64, new[] { ulong.MinValue, ulong.MaxValue });
        await RoundTrip(OnnxType.Bool, new[] { true, false });
    }

    [Fact]
    public async Task Carries_strings_of_any_script()
    {
        await using OnnxRuntimeBackend backend = Load(TestModel.Identity(OnnxType.String));
        string[] texts = ["", "plain", "ünï¢ødé", "漢字", "🦉 owl"];

        using InferenceOutputs outputs = await backend.InferAsync(new InferenceInputs().Add("x", texts, 1, 5));

        outputs["y"].GetStrings().Should().Equal(texts);
    }

    [Fact]
    public async Task Runs_batches_of_any_size_an_empty_one_included()
    {
        await using OnnxRuntimeBackend backend = Load(TestModel.Doubles());
        foreach (int rows in (int[])[1, 7, 0, 1000])
        {
            using InferenceOutputs outputs = await backend.InferAsync(new InferenceInputs().Add("x", new double[rows * 3], rows, 3));

            outputs["y"].Shape.ToArray().Should().Equal(rows, 3);
            outputs["y"].GetSpan<double>().Length.Should().Be(rows * 3);
        }
    }

    [Fact]
    public async Task Lets_an_input_with_a_default_be_left_out()
    {
        await using OnnxRuntimeBackend backend = Load(TestModel.WithOptionalInput());
        backend.Signature.OptionalInputs.Should().ContainSingle().Which.Name.Should().Be("scale");
        InferenceInputs inputs = new InferenceInputs().Add("x", new float[] { 3 }, 1, 1);

        using InferenceOutputs byDefault = await backend.InferAsync(inputs);
        using InferenceOutputs given = await backend.InferAsync(inputs.Add("scale", new float[] { 5 }, 1));

        byDefault["y"].GetSpan<float>()[0].Should().Be(6);
        given["y"].GetSpan<float>()[0].Should().Be(15);
    }

    [Fact]
    public async Task Reports_a_failed_run_and_works_on()
    {
        await using OnnxRuntimeBackend backend = Load(TestModel.FailsAtRunTime());
        Func<Task> fail = async () => await backend.InferAsync(new InferenceInputs().Add("index", new long[] { 99 }, 1));

        (await fail.Should().ThrowAsync<InferenceException>()).Which.Message.Should().Contain("ONNX Runtime failed to run the model");

        using InferenceOutputs outputs = await backend.InferAsync(new InferenceInputs().Add("index", new long[] { 3 }, 1));
        outputs["y"].GetSpan<float>()[0].Should().Be(30);
    }

    [Fact]
    public async Task Names_an_input_of_the_wrong_shape_or_type()
    {
        await using OnnxRuntimeBackend backend = Load(TestModel.LinearClassifier(4, 3));
        Func<Task> shape = async () => await backend.InferAsync(new InferenceInputs().Add("x", new float[5], 1, 5));
        Func<Task> type = async () => await backend.InferAsync(new InferenceInputs().Add("x", new double[4], 1, 4));
        Func<Task> name = async () => await backend.InferAsync(new InferenceInputs().Add("y", new float[4], 1, 4));

        (await shape.Should().ThrowAsync<InvalidInputException>()).Which.Expected.Should().Be("Float32[batch, 4]");
        (await type.Should().ThrowAsync<InvalidInputException>()).Which.Actual.Should().Be("Float64[1, 4]");
        (await name.Should().ThrowAsync<InvalidInputException>()).Which.InputName.Should().Be("y");
    }

    [Fact]
    public async Task Stops_a_run_when_the_token_is_cancelled_and_works_on()
    {
        await using OnnxRuntimeBackend backend = Load(TestModel.Slow(100_000));
        InferenceInputs inputs = new InferenceInputs().Add("x", new float[1], 1, 1);
        for (int round = 0; round < 2; round++)
        {
            using CancellationTokenSource source = new(TimeSpan.FromMilliseconds(100));
            Func<Task> infer = () => Task.Run(async () => await backend.InferAsync(inputs, source.Token));

            await infer.Should().ThrowAsync<OperationCanceledException>();
        }
    }

    [Fact]
    public async Task Runs_under_a_token_that_is_never_cancelled()
    {
        await using OnnxRuntimeBackend backend = Load(TestModel.LinearClassifier(4, 3));
        using CancellationTokenSource source = new();
        for (int i = 0; i < 100; i++)
        {
            (await backend.InferAsync(CreateInputs(i), source.Token)).Dispose();
        }
    }

    [Theory]
    [InlineData(0, "*is empty: 0 bytes*")]
    [InlineData(10, "*a valid ONNX model was expected*")]
    [InlineData(1000, "*a valid ONNX model was expected*")]
    public void Refuses_bytes_that_are_no_model(int length, string message)
    {
        byte[] bytes = new byte[length];
        new Random(1).NextBytes(bytes);

        Action load = () => Load(bytes);

        load.Should().Throw<ModelLoadException>().WithMessage(message);
    }

    [Fact]
    public void Refuses_a_truncated_model()
    {
        byte[] model = TestModel.LinearClassifier(64, 10);

        Action load = () => Load(model[..(model.Length / 2)]);

        load.Should().Throw<ModelLoadException>();
    }

    [Fact]
    public void Names_the_path_of_a_model_that_is_not_there()
    {
        Action load = () => OnnxRuntimeBackend.Load(ModelSource.FromFile("no-such-model.onnx"));

        load.Should().Throw<ModelLoadException>().WithMessage("There is no model file at '*no-such-model.onnx'.")
            .Which.Model.Should().EndWith("no-such-model.onnx");
    }

    [Fact]
    public async Task Loads_the_same_model_from_a_file_bytes_and_a_stream()
    {
        byte[] model = TestModel.LinearClassifier(4, 3);
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.onnx");
        await File.WriteAllBytesAsync(path, model);
        try
        {
            ModelSource[] sources =
            [
                ModelSource.FromFile(path),
                ModelSource.FromBytes(model),
                await ModelSource.FromStreamAsync(new MemoryStream(model)),
            ];
            foreach (ModelSource source in sources)
            {
                (await source.ComputeIdAsync()).Should().Be(ModelId.Compute(model));
                await using OnnxRuntimeBackend backend = OnnxRuntimeBackend.Load(source);
                using InferenceOutputs outputs = await backend.InferAsync(CreateInputs(1));
                outputs["logits"].Length.Should().Be(3);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Refuses_options_that_are_out_of_range()
    {
        Action load = () => OnnxRuntimeBackend.Load(
            ModelSource.FromBytes(TestModel.Halves()), new OnnxRuntimeOptions { IntraOpThreads = -1, GraphOptimization = (GraphOptimization)9 });

        load.Should().Throw<OptionsValidationException>().WithMessage("*IntraOpThreads*").WithMessage("*GraphOptimization*");
    }

    [Theory]
    [InlineData(GraphOptimization.None, 1, 1)]
    [InlineData(GraphOptimization.Basic, 2, 2)]
    [InlineData(GraphOptimization.Extended, 0, 0)]
    public async Task Honours_threads_and_graph_optimization(GraphOptimization optimization, int intraOp, int interOp)
    {
        Microsoft.ML.OnnxRuntime.SessionOptions? seen = null;
        (int Intra, Microsoft.ML.OnnxRuntime.GraphOptimizationLevel Level) applied = default;
        await using OnnxRuntimeBackend backend = OnnxRuntimeBackend.Load(
            ModelSource.FromBytes(TestModel.LinearClassifier(4, 3)),
            new OnnxRuntimeOptions
            {
                GraphOptimization = optimization,
                IntraOpThreads = intraOp,
                InterOpThreads = interOp,
                AllowSpinning = false,
                ConfigureSession = session =>
                {
                    seen = session;
                    applied = (session.IntraOpNumThreads, session.GraphOptimizationLevel);
                },
            });

        seen.Should().NotBeNull();
        applied.Intra.Should().Be(intraOp);
        applied.Level.ToString().Should().BeOneOf("ORT_DISABLE_ALL", "ORT_ENABLE_BASIC", "ORT_ENABLE_EXTENDED");
        (await backend.InferAsync(CreateInputs(1))).Dispose();
    }

    [Fact]
    public void Says_what_to_do_when_cuda_is_demanded_and_absent()
    {
        Assert.SkipWhen(HasCuda, "This machine's native package has CUDA.");

        Action load = () => Load(TestModel.Halves(), ExecutionProvider.Cuda);

        load.Should().Throw<ExecutionProviderUnavailableException>()
            .WithMessage("*reference Microsoft.ML.OnnxRuntime.Gpu*").Which.ExecutionProvider.Should().Be("CUDAExecutionProvider");
    }

    [Fact]
    public async Task Warns_when_it_falls_back_from_cuda_to_the_processor()
    {
        Assert.SkipWhen(HasCuda, "This machine's native package has CUDA.");
        FakeLogCollector collector = new();
        using LoggerFactory loggers = new([new FakeLoggerProvider(collector)]);

        await using OnnxRuntimeBackend backend = OnnxRuntimeBackend.Load(
            ModelSource.FromBytes(TestModel.Halves()),
            new OnnxRuntimeOptions { ExecutionProvider = ExecutionProvider.CudaThenCpu },
            loggers);

        backend.ExecutionProvider.Should().Be("CPUExecutionProvider");
        collector.GetSnapshot().Should().Contain(record =>
            record.Level == LogLevel.Warning && record.Message.Contains("the model runs on the CPU", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Runs_on_cuda_where_there_is_one()
    {
        Assert.SkipUnless(HasCuda, "The native ONNX Runtime package of this build has no CUDA; build with -p:OnnxRuntimeFlavor=Gpu.");
        await using OnnxRuntimeBackend backend = Load(TestModel.LinearClassifier(4, 3), ExecutionProvider.Cuda);

        using InferenceOutputs outputs = await backend.InferAsync(CreateInputs(1));

        backend.ExecutionProvider.Should().Be("CUDAExecutionProvider");
        outputs["logits"].GetSpan<float>()[0] = 7;
    }

    protected override ValueTask<IInferenceBackend> CreateBackendAsync() => new(Load(TestModel.LinearClassifier(4, 3)));

    protected override InferenceInputs CreateInputs(int seed) =>
        new InferenceInputs().Add("x", new float[] { seed, 1, -seed, 2 }, 1, 4);

    private static OnnxRuntimeBackend Load(byte[] model, ExecutionProvider provider = ExecutionProvider.Cpu) =>
        OnnxRuntimeBackend.Load(ModelSource.FromBytes(model), new OnnxRuntimeOptions { ExecutionProvider = provider });

    private static async Task RoundTrip<T>(OnnxType type, T[] values)
        where T : unmanaged
    {
        await using OnnxRuntimeBackend backend = Load(TestModel.Identity(type));

        using InferenceOutputs outputs = await backend.InferAsync(new InferenceInputs().Add("x", values, 1, values.Length));

        outputs["y"].ElementType.Should().Be(TensorElementTypes.Of<T>());
        outputs["y"].GetSpan<T>().ToArray().Should().Equal(values);
    }
}
