using Microsoft.ML.OnnxRuntime;
using Oml.Sdk.TestModels;

namespace Oml.Sdk.OnnxRuntime.Tests.TestModels;

public sealed class TestModelTests
{
    [Fact]
    public void A_linear_classifier_takes_any_number_of_rows()
    {
        using LoadedModel model = new(TestModel.LinearClassifier(4, 3));

        float[] zero = model.Run<float>("logits", ("x", LoadedModel.Tensor(new float[4], 1, 4)));
        float[] logits = model.Run<float>("logits", ("x", LoadedModel.Tensor<float>([0, 0, 0, 0, 1, 0, 0, 0], 2, 4)));

        logits.Should().HaveCount(6);
        logits[..3].Should().Equal(zero);
        logits[3..].Should().NotEqual(zero);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes()
    {
        TestModel.LinearClassifier(4, 3, 7).Should().Equal(TestModel.LinearClassifier(4, 3, 7));
        TestModel.LinearClassifier(4, 3, 7).Should().NotEqual(TestModel.LinearClassifier(4, 3, 8));
        TestModel.Mlp(4, 8, 2, 3, 7).Should().Equal(TestModel.Mlp(4, 8, 2, 3, 7));
    }

    [Fact]
    public void Multiple_inputs_and_outputs_are_told_apart()
    {
        using LoadedModel model = new(TestModel.MultiInputOutput());
        float[] a = [1, 2, 3, 4, 5, 6];
        long[] k = [10, 20];

        float[] total = model.Run<float>("total", ("a", LoadedModel.Tensor(a, 2, 3)), ("k", LoadedModel.Tensor(k, 2, 1)));
        long[] next = model.Run<long>("next", ("a", LoadedModel.Tensor(a, 2, 3)), ("k", LoadedModel.Tensor(k, 2, 1)));

        total.Should().Equal(16f, 35f);
        next.Should().Equal(11L, 21L);
    }

    [Fact]
    public void Halves_are_doubled_in_half_precision()
    {
        using LoadedModel model = new(TestModel.Halves());

        model.Run<Float16>("y", ("x", LoadedModel.Tensor([(Float16)1.5f], 1, 1))).Should().Equal((Float16)3f);
    }

    [Fact]
    public void Doubles_are_doubled_in_double_precision()
    {
        using LoadedModel model = new(TestModel.Doubles());

        model.Run<double>("y", ("x", LoadedModel.Tensor([0.1], 1, 1))).Should().Equal(0.2);
    }

    [Fact]
    public void A_division_by_zero_is_not_finite()
    {
        using LoadedModel model = new(TestModel.WithDivision());
        float[] a = [1, 1, -1, 0];
        float[] b = [2, 0, 0, 0];

        float[] y = model.Run<float>("y", ("a", LoadedModel.Tensor(a, 1, 4)), ("b", LoadedModel.Tensor(b, 1, 4)));

        y.Should().Equal(0.5f, float.PositiveInfinity, float.NegativeInfinity, float.NaN);
    }

    [Fact]
    public void An_optional_input_has_a_default()
    {
        using LoadedModel model = new(TestModel.WithOptionalInput());

        model.Run<float>("y", ("x", LoadedModel.Tensor([3f], 1, 1))).Should().Equal(6f);
        model.Run<float>("y", ("x", LoadedModel.Tensor([3f], 1, 1)), ("scale", LoadedModel.Tensor([10f], 1))).Should().Equal(30f);
        model.Session.InputMetadata.Keys.Should().Equal("x");
        model.Session.OverridableInitializerMetadata.Keys.Should().Equal("scale");
    }

    [Fact]
    public void An_index_out_of_range_fails_only_when_it_runs()
    {
        using LoadedModel model = new(TestModel.FailsAtRunTime());

        model.Run<float>("y", ("index", LoadedModel.Tensor([9L, 0L], 2))).Should().Equal(90f, 0f);
        Action run = () => model.Run<float>("y", ("index", LoadedModel.Tensor([10L], 1)));

        run.Should().Throw<OnnxRuntimeException>();
    }

    [Fact]
    public void A_deep_network_keeps_its_activations_finite()
    {
        using LoadedModel model = new(TestModel.Mlp(64, 128, 6, 10));

        float[] x = [.. Enumerable.Range(0, 128).Select(i => i % 3 / 2f)];
        float[] logits = model.Run<float>("logits", ("x", LoadedModel.Tensor(x, 2, 64)));

        logits.Should().HaveCount(20);
        logits.Should().OnlyContain(logit => float.IsFinite(logit) && Math.Abs(logit) < 100);
        logits.Should().Contain(logit => Math.Abs(logit) > 0.01f);
    }

    [Fact]
    public async Task A_slow_model_can_be_stopped_by_the_runtime()
    {
        using LoadedModel model = new(TestModel.Slow(1_000_000));
        using OrtValue x = LoadedModel.Tensor([0f], 1, 1);
        using RunOptions options = new();
        Task run = Task.Run(() => model.Session.Run(options, ["x"], [x], ["y"]).Dispose());

        await Task.Delay(200);
        run.IsCompleted.Should().BeFalse();
        options.Terminate = true;

        await FluentActions.Awaiting(() => run.WaitAsync(TimeSpan.FromSeconds(30))).Should().ThrowAsync<OnnxRuntimeException>();
    }

    [Fact]
    public void A_slow_model_comes_to_an_end()
    {
        using LoadedModel model = new(TestModel.Slow(3));

        model.Run<float>("y", ("x", LoadedModel.Tensor([0f], 1, 1))).Should().ContainSingle().Which.Should().BeInRange(-1, 1);
    }
}
