using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;
using Oml.Sdk.OnnxRuntime.Tests.Support;
using Oml.Sdk.Permissions;
using Oml.Sdk.TestModels;

namespace Oml.Sdk.OnnxRuntime.Tests;

/// <summary>The facade over the real runtime, the real verifier and the real fingerprint.</summary>
public sealed class FacadeTests : IDisposable
{
    private readonly FingerprintKey _key = FingerprintKey.Generate();

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task Marks_the_outputs_of_each_licensee_in_its_own_way_and_keeps_the_class()
    {
        byte[] classifier = TestModel.LinearClassifier(16, 1000);
        await using ProtectedModel plain = await ProtectedModel.LoadAsync(builder => builder.UseOnnx(classifier));
        await using ProtectedModel alice = await ProtectedModel.LoadAsync(builder => builder.UseOnnx(classifier), _key, "alice");
        await using ProtectedModel bob = await ProtectedModel.LoadAsync(builder => builder.UseOnnx(classifier), _key, "bob");

        float[] reference = await Infer(plain), ofAlice = await Infer(alice), ofBob = await Infer(bob);

        ofAlice.Should().NotEqual(reference).And.NotEqual(ofBob);
        ofAlice.Should().Equal(await Infer(alice), "the same licensee gets the same mark");
        Array.IndexOf(ofAlice, ofAlice.Max()).Should().Be(Array.IndexOf(reference, reference.Max()));
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(1f)]
    public async Task Refuses_to_deliver_NaN_or_infinity_where_a_fingerprint_is_wanted_and_spends_nothing(float dividend)
    {
        await using ProtectedModel model = await ProtectedModel.LoadAsync(builder => builder.UseOnnx(TestModel.WithDivision()), _key);
        InferenceInputs zeros = Division([1, 2, 3, 1, 2, 3], [1, 1, 1, 1, 0, 1], dividend);
        Func<Task> infer = async () => await model.Session.InferAsync(zeros);

        NonFiniteOutputException error = (await infer.Should().ThrowAsync<NonFiniteOutputException>()).Which;

        (error.OutputName, error.Row, error.Column).Should().Be(("y", 1, 1));
        error.Message.Should().Contain("'y'").And.Contain("finite values").And.Contain("LeaveUnmarked");
        model.Session.UnitsSpent.Should().Be(0);
        (await model.Session.InferAsync(Division([1, 2, 3], [1, 1, 1], 1))).Dispose();
        model.Session.UnitsSpent.Should().Be(1);
    }

    [Fact]
    public async Task Delivers_rows_that_cannot_be_marked_unchanged_when_told_to()
    {
        using PermissionIssuer issuer = PermissionIssuer.Create(PermissionAlgorithm.ES256);
        await using OmlModel model = await OmlModel.CreateBuilder()
            .UseOnnx(TestModel.WithDivision())
            .UseOnnxRuntime()
            .TrustIssuer(issuer.PublicKey)
            .UseFingerprint(new LogitFingerprint(_key, new LogitFingerprintOptions { NonFiniteOutputs = NonFiniteOutputs.LeaveUnmarked }))
            .BuildAsync();
        byte[] permission = issuer.Issue(new PermissionRequest { Licensee = "l", Model = model.Id, Lifetime = TimeSpan.FromHours(1) });

        using InferenceOutputs outputs = await model.InferAsync(Division([1, 2, 4, 1, 2, 4], [1, 0, 1, 1, 1, 1], 1), permission);

        outputs[0].GetSpan<float>()[..3].ToArray().Should().Equal(1, float.PositiveInfinity, 4);
        outputs[0].GetSpan<float>()[3..].ToArray().Should().NotEqual([1f, 2f, 4f]);
    }

    [Fact]
    public async Task Names_an_output_that_is_not_there()
    {
        Func<Task> build = () => BuildAsync(TestModel.MultiInputOutput(), "probabilities");

        (await build.Should().ThrowAsync<ArgumentException>()).Which.Message.Should().Contain("'probabilities'").And.Contain("total: Float32");
    }

    [Theory]
    [InlineData("next", "Int64")]
    public async Task Names_an_output_that_cannot_be_marked(string output, string type)
    {
        Func<Task> build = () => BuildAsync(TestModel.MultiInputOutput(), output);

        (await build.Should().ThrowAsync<NotSupportedException>()).Which.Message.Should().Contain($"'{output}'").And.Contain(type);
    }

    [Fact]
    public async Task Spends_nothing_when_the_runtime_fails()
    {
        await using ProtectedModel model = await ProtectedModel.LoadAsync(builder => builder.UseOnnx(TestModel.FailsAtRunTime()));
        Func<Task> infer = async () => await model.Session.InferAsync(new InferenceInputs().Add("index", new long[] { 99 }, 1));

        await infer.Should().ThrowAsync<InferenceException>();

        model.Session.UnitsSpent.Should().Be(0);
    }

    [Fact]
    public async Task Serves_64_callers_who_share_one_model()
    {
        byte[] classifier = TestModel.LinearClassifier(16, 1000);
        await using ProtectedModel model = await ProtectedModel.LoadAsync(builder => builder.UseOnnx(classifier), _key);
        float[] expected = await Infer(model);

        await Parallel.ForEachAsync(
            Enumerable.Range(0, 1_000),
            new ParallelOptions { MaxDegreeOfParallelism = 64 },
            async (_, _) => (await Infer(model)).Should().Equal(expected));

        model.Session.UnitsSpent.Should().Be(1_001);
    }

    [Fact]
    public async Task Warms_up_models_of_any_inputs()
    {
        byte[][] models = [TestModel.MultiInputOutput(), TestModel.Identity(OnnxType.String), TestModel.Halves(), TestModel.WithOptionalInput()];
        foreach (byte[] bytes in models)
        {
            await using ProtectedModel model = await ProtectedModel.LoadAsync(builder => builder.UseOnnx(bytes));

            await model.Model.WarmUpAsync();
        }
    }

    [Fact]
    public async Task Says_which_model_file_is_missing_empty_or_corrupt()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.onnx");
        Func<Task> build = () => ProtectedModel.LoadAsync(path);
        (await build.Should().ThrowAsync<ModelLoadException>()).WithMessage($"There is no model file at '{path}'.");
        try
        {
            await File.WriteAllBytesAsync(path, []);
            (await build.Should().ThrowAsync<ModelLoadException>()).WithMessage($"The model '{path}' is empty*");
            await File.WriteAllBytesAsync(path, new byte[100]);
            (await build.Should().ThrowAsync<ModelLoadException>()).WithMessage($"*'{path}'; a valid ONNX model was expected*");
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task<float[]> Infer(ProtectedModel model)
    {
        float[] x = [.. Enumerable.Range(0, 16).Select(i => i / 16f)];
        using InferenceOutputs outputs = await model.Session.InferAsync(new InferenceInputs().Add("x", x, 1, 16));
        return outputs[0].GetSpan<float>().ToArray();
    }

    private static InferenceInputs Division(float[] a, float[] b, float scale) => new InferenceInputs()
        .Add("a", a.Select((value, i) => b[i] == 0 ? scale * value : value).ToArray(), a.Length / 3, 3)
        .Add("b", b, b.Length / 3, 3);

    private async Task BuildAsync(byte[] model, string output)
    {
        using PermissionIssuer issuer = PermissionIssuer.Create(PermissionAlgorithm.ES256);
        await using OmlModel built = await OmlModel.CreateBuilder()
            .UseOnnx(model)
            .UseOnnxRuntime()
            .TrustIssuer(issuer.PublicKey)
            .UseFingerprint(new LogitFingerprint(_key), output)
            .BuildAsync();
    }
}
