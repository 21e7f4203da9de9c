using System.Runtime.CompilerServices;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;
using Oml.Sdk.OnnxRuntime.Tests.Support;
using Oml.Sdk.TestModels;

namespace Oml.Sdk.OnnxRuntime.Tests;

/// <summary>Outputs are the caller's to write: whatever a model returns, it must be nobody else's memory.</summary>
public sealed class OutputMemoryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_output_that_is_an_input_is_a_copy()
    {
        await using OnnxRuntimeBackend backend = Load(ReturningItsInput());
        float[] x = [1, 2, 3];

        using InferenceOutputs outputs = await backend.InferAsync(new InferenceInputs().Add("x", x, 1, 3), Cancellation);
        outputs["x"].GetSpan<float>()[0] = 42;

        x[0].Should().Be(1, "inputs are never written to");
    }

    [Fact]
    public async Task An_output_that_is_an_input_lives_on_when_the_input_is_collected()
    {
        await using OnnxRuntimeBackend backend = Load(ReturningItsInput());
        List<InferenceOutputs> outputs = [];
        Collect(backend, outputs);
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        List<float[]> others = [.. Enumerable.Range(0, 2_000).Select(_ => Enumerable.Repeat(5f, 64).ToArray())];

        outputs.Select(output => output["x"].GetSpan<float>()[0]).Should().OnlyContain(value => value == 7f);
        outputs.ForEach(output => output["x"].GetSpan<float>().Fill(666f));
        others.Should().OnlyContain(other => other.All(value => value == 5f));
        outputs.ForEach(output => output.Dispose());
    }

    [Fact]
    public async Task A_fingerprint_leaves_an_input_alone_that_is_an_output()
    {
        using FingerprintKey key = FingerprintKey.Generate();
        await using ProtectedModel model = await ProtectedModel.LoadAsync(builder => builder.UseOnnx(ReturningItsInput()), key);
        float[] x = [.. Enumerable.Range(0, 64).Select(i => (float)i)];

        using InferenceOutputs outputs = await model.Session.InferAsync(new InferenceInputs().Add("x", x, 1, 64), Cancellation);

        x.Should().Equal(Enumerable.Range(0, 64).Select(i => (float)i));
        outputs["x"].GetSpan<float>().ToArray().Should().NotEqual(x);
    }

    [Fact]
    public async Task An_optional_input_that_is_an_output_is_a_copy()
    {
        byte[] graph = new OnnxGraph("g").Input("x", OnnxType.Float, 1).Input("s", OnnxType.Float, 1)
            .Initializer("s", OnnxTensor.Of<float>([2f], 1)).Node("Mul", ["x", "s"], ["y"])
            .Output("s", OnnxType.Float, 1).Output("y", OnnxType.Float, 1).ToArray();
        await using OnnxRuntimeBackend backend = Load(graph);
        float[] s = [3];

        using InferenceOutputs outputs = await backend.InferAsync(new InferenceInputs().Add("x", new float[] { 1 }, 1).Add("s", s, 1), Cancellation);
        outputs["s"].GetSpan<float>()[0] = 50;

        s[0].Should().Be(3);
        using InferenceOutputs again = await backend.InferAsync(new InferenceInputs().Add("x", new float[] { 1 }, 1), Cancellation);
        again["y"].GetSpan<float>()[0].Should().Be(2, "the model's own default is unchanged");
    }

    [Theory]
    [InlineData("Identity")]
    [InlineData("Flatten")]
    [InlineData("Squeeze")]
    public async Task Operators_that_pass_values_through_give_copies(string operation)
    {
        byte[] graph = new OnnxGraph("g").Input("x", OnnxType.Float, 1, 3).Node(operation, ["x"], ["y"]).Node(operation, ["x"], ["z"])
            .OutputOfAnyRank("y", OnnxType.Float).OutputOfAnyRank("z", OnnxType.Float).ToArray();
        await using OnnxRuntimeBackend backend = Load(graph);
        float[] x = [1, 2, 3];

        using InferenceOutputs outputs = await backend.InferAsync(new InferenceInputs().Add("x", x, 1, 3), Cancellation);
        outputs["y"].GetSpan<float>()[0] = 42;

        x[0].Should().Be(1);
        outputs["z"].GetSpan<float>()[0].Should().Be(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_weight_that_is_an_output_cannot_be_changed(bool folded)
    {
        OnnxGraph graph = new OnnxGraph("g").Input("x", OnnxType.Float, 3).Initializer("w", OnnxTensor.Of<float>([1f, 2f, 3f], 3));
        string weight = folded ? "c" : "w";
        graph = folded ? graph.Node("Relu", ["w"], ["c"]) : graph;
        await using OnnxRuntimeBackend backend = Load(
            graph.Node("Add", ["x", weight], ["y"]).Output(weight, OnnxType.Float, 3).Output("y", OnnxType.Float, 3).ToArray());
        for (int i = 0; i < 2; i++)
        {
            using InferenceOutputs outputs = await backend.InferAsync(new InferenceInputs().Add("x", new float[3], 3), Cancellation);
            outputs["y"].GetSpan<float>()[0].Should().Be(1);
            outputs[weight].GetSpan<float>()[0].Should().Be(1);
            outputs[weight].GetSpan<float>()[0] = 42;
        }
    }

    [Fact]
    public async Task A_tensor_keeps_its_memory_while_it_is_referred_to()
    {
        await using OnnxRuntimeBackend backend = Load(TestModel.Identity());
        OutputTensor tensor = TensorOnly(backend, 7);
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        using InferenceOutputs other = await backend.InferAsync(Million(99), Cancellation);

        tensor.GetSpan<float>()[12345].Should().Be(7);
    }

    private static OnnxRuntimeBackend Load(byte[] graph) => OnnxRuntimeBackend.Load(ModelSource.FromBytes(graph));

    private static byte[] ReturningItsInput() => new OnnxGraph("g").Input("x", OnnxType.Float, "b", "n").Node("Relu", ["x"], ["y"])
        .Output("x", OnnxType.Float, "b", "n").Output("y", OnnxType.Float, "b", "n").ToArray();

    private static InferenceInputs Million(float value) => new InferenceInputs().Add("x", Enumerable.Repeat(value, 1 << 20).ToArray(), 1, 1 << 20);

    // Not inlined, so that nothing on the stack keeps the inputs, or the outputs, alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Collect(OnnxRuntimeBackend backend, List<InferenceOutputs> outputs)
    {
        for (int i = 0; i < 100; i++)
        {
            outputs.Add(backend.InferAsync(new InferenceInputs().Add("x", Enumerable.Repeat(7f, 64).ToArray(), 1, 64)).AsTask().GetAwaiter().GetResult());
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static OutputTensor TensorOnly(OnnxRuntimeBackend backend, float value) =>
        backend.InferAsync(Million(value)).AsTask().GetAwaiter().GetResult()["y"];
}
