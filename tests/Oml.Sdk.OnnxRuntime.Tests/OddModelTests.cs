using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;
using Oml.Sdk.OnnxRuntime.Tests.Support;
using Oml.Sdk.Permissions;
using Oml.Sdk.TestModels;

namespace Oml.Sdk.OnnxRuntime.Tests;

/// <summary>Models that are valid, and not what one thinks of first.</summary>
public sealed class OddModelTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_input_of_unknown_rank_takes_any()
    {
        byte[] graph = new OnnxGraph("g").InputOfAnyRank("x", OnnxType.Float).Node("Relu", ["x"], ["y"]).OutputOfAnyRank("y", OnnxType.Float).ToArray();
        await using ProtectedModel model = await ProtectedModel.LoadAsync(builder => builder.UseOnnx(graph));

        foreach (long[] shape in (long[][])[[], [1], [1, 1, 1]])
        {
            using InferenceOutputs outputs = await model.Session.InferAsync(new InferenceInputs().Add("x", new float[] { 3 }, shape), Cancellation);
            outputs[0].Shape.ToArray().Should().Equal(shape);
        }
    }

    [Fact]
    public async Task An_output_of_unknown_rank_can_be_fingerprinted()
    {
        byte[] graph = new OnnxGraph("g").Input("x", OnnxType.Float, "a").Input("s", OnnxType.Int64, "r")
            .Node("Reshape", ["x", "s"], ["y"]).OutputOfAnyRank("y", OnnxType.Float).ToArray();
        using FingerprintKey key = FingerprintKey.Generate();
        await using ProtectedModel model = await ProtectedModel.LoadAsync(builder => builder.UseOnnx(graph), key);
        float[] x = [.. Enumerable.Range(0, 256).Select(i => (float)i)];

        using InferenceOutputs outputs = await model.Session.InferAsync(
            new InferenceInputs().Add("x", x, 256).Add("s", new long[] { 2, 128 }, 2), Cancellation);

        outputs[0].Shape.ToArray().Should().Equal(2, 128);
        outputs[0].GetSpan<float>().ToArray().Should().NotEqual(x);
    }

    [Fact]
    public async Task A_scalar_is_still_a_scalar_to_the_runtime()
    {
        byte[] graph = new OnnxGraph("g").Input("x", OnnxType.Float).Node("Relu", ["x"], ["y"]).Output("y", OnnxType.Float).ToArray();
        await using OnnxRuntimeBackend backend = OnnxRuntimeBackend.Load(ModelSource.FromBytes(graph));

        using InferenceOutputs outputs = await backend.InferAsync(new InferenceInputs().Add("x", new float[] { 3 }), Cancellation);

        outputs[0].Shape.IsEmpty.Should().BeTrue();
    }

    [Fact]
    public async Task An_input_that_is_too_large_to_be_made_up_is_named_when_warming_up()
    {
        byte[] graph = new OnnxGraph("g").Input("x", OnnxType.Float, 100_000, 100_000).Node("ReduceSum", ["x"], ["y"])
            .OutputOfAnyRank("y", OnnxType.Float).ToArray();
        await using ProtectedModel model = await ProtectedModel.LoadAsync(builder => builder.UseOnnx(graph));

        await FluentActions.Awaiting(() => model.Model.WarmUpAsync(Cancellation).AsTask()).Should().ThrowAsync<InferenceException>().WithMessage("*'x'*");
    }

    [Fact]
    public async Task A_file_that_is_replaced_while_it_is_loaded_is_refused()
    {
        string path = Path.GetTempFileName();
        await File.WriteAllBytesAsync(path, TestModel.LinearClassifier(4, 3, 1), Cancellation);
        using PermissionIssuer issuer = PermissionIssuer.Create();

        Func<Task> build = () => OmlModel.CreateBuilder().UseOnnx(path).TrustIssuer(issuer.PublicKey)
            .UseBackend((source, _, _) =>
            {
                File.WriteAllBytes(path, TestModel.LinearClassifier(4, 3, 2));
                return new(OnnxRuntimeBackend.Load(source));
            })
            .BuildAsync(Cancellation).AsTask();

        await build.Should().ThrowAsync<ModelLoadException>().WithMessage("*replaced*");
        File.Delete(path);
    }
}
