using Oml.Sdk.Fingerprints;
using Oml.Sdk.Sealing;
using Oml.Sdk.TestModels;
using Oml.Sdk.Tests.Fingerprints;
using Oml.Sdk.Tests.Sealing.Onnx;

namespace Oml.Sdk.Tests.Sealing.Baking;

public sealed class BakingRefusalTests : IDisposable
{
    private readonly FingerprintKey _key = FingerprintTestData.PublisherKey(1);

    public void Dispose() => _key.Dispose();

    [Fact]
    public void An_output_that_is_not_there_is_named_with_those_that_are()
    {
        Refuse(BakingModels.MatMulAdd(), BakingFailure.NoSuchOutput, "*no output 'labels'*'logits'*", "labels");
        Refuse(
            BakingModels.MatMulAdd().Node("Exp", ["logits"], ["e"]).Output("e", OnnxType.Float, "batch", BakingModels.Classes),
            BakingFailure.NoSuchOutput,
            "*2 outputs*'logits', 'e'*");
    }

    [Fact]
    public void The_output_of_a_graph_inside_a_node_is_no_output_of_the_model()
    {
        OnnxGraph inner = new OnnxGraph("inner").Node("Exp", ["product"], ["hidden"]).Output("hidden", OnnxType.Float, "batch", BakingModels.Classes);
        OnnxGraph other = new OnnxGraph("other").Node("Neg", ["product"], ["other"]).Output("other", OnnxType.Float, "batch", BakingModels.Classes);
        OnnxGraph graph = BakingModels.Product().Input("which", OnnxType.Bool)
            .Node("If", ["which"], ["y"], OnnxAttribute.Graph("then_branch", inner), OnnxAttribute.Graph("else_branch", other))
            .Output("y", OnnxType.Float, "batch", BakingModels.Classes);

        Refuse(graph, BakingFailure.NoSuchOutput, "*no output 'hidden'*'y'*", "hidden");
        BakingModels.Baker(_key).Bake(graph.ToArray(), 1).Fingerprint.Placement.Should().Be(BakedPlacement.AddedNode);
    }

    [Fact]
    public void Outputs_of_other_types_are_refused() => Refuse(
        new OnnxGraph("g").Input("x", OnnxType.Int64, 1, 100).Node("Neg", ["x"], ["y"]).Output("y", OnnxType.Int64, 1, 100),
        BakingFailure.UnsupportedType,
        "*'y'*Float32*");

    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(63)]
    public void Short_rows_are_refused_because_they_tell_too_few_licensees_apart(int classes) =>
        Refuse(BakingModels.MatMulAdd(classes), BakingFailure.UnsupportedRowLength, $"*{classes} elements*64*LogitFingerprint*");

    [Fact]
    public void Rows_of_unknown_length_scalars_and_rows_without_end_are_refused()
    {
        Refuse(
            BakingModels.Product().Node("Neg", ["product"], ["y"]).Output("y", OnnxType.Float, "batch", "classes"),
            BakingFailure.UnknownRowLength,
            "*'y'*fixed*");
        Refuse(
            BakingModels.Product().Node("ReduceSum", ["product"], ["y"]).Output("y", OnnxType.Float), BakingFailure.UnsupportedRowLength, "*'y'*scalar*");
        Refuse(
            BakingModels.Product().Node("Neg", ["product"], ["y"]).Output("y", OnnxType.Float, "batch", long.MaxValue),
            BakingFailure.UnsupportedRowLength,
            "*'y'*elements*");
    }

    [Theory]
    [InlineData("Sigmoid")]
    [InlineData("Tanh")]
    [InlineData("Relu")]
    [InlineData("Clip")]
    [InlineData("Exp")]
    [InlineData("LpNormalization")]
    public void Values_that_an_addition_would_take_out_of_their_range_are_refused(string operation)
    {
        Refuse(
            BakingModels.Product().Node(operation, ["product"], ["y"]).Output("y", OnnxType.Float, "batch", BakingModels.Classes),
            BakingFailure.UnsuitableOutput,
            $"*'y'*{operation}*");
        Refuse(
            BakingModels.Product().Node(operation, ["product"], ["a"]).Node("Cast", ["a"], ["b"], OnnxAttribute.Int("to", 1)).Node("Identity", ["b"], ["c"])
                .Node("Div", ["c", "product"], ["y"])
                .Output("y", OnnxType.Float, "batch", BakingModels.Classes),
            BakingFailure.UnsuitableOutput,
            $"*'y'*{operation}*");
    }

    [Fact]
    public void A_softmax_across_rows_or_behind_another_shape_is_refused()
    {
        Refuse(
            BakingModels.Product().Node("Softmax", ["product"], ["y"], OnnxAttribute.Int("axis", 0)).Output("y", OnnxType.Float, "batch", BakingModels.Classes),
            BakingFailure.UnsuitableOutput,
            "*'y'*dimension 0*");
        Refuse(
            BakingModels.Product().Node("Softmax", ["product"], ["y"], OnnxAttribute.Int("axis", 1)).OutputOfAnyRank("y", OnnxType.Float),
            BakingFailure.UnsuitableOutput,
            "*'y'*dimension 1*");
        Refuse(
            BakingModels.Product().Node("Softmax", ["product"], ["p"]).Node("Identity", ["p"], ["y"]).Output("y", OnnxType.Float, "batch", BakingModels.Classes),
            BakingFailure.UnsuitableOutput,
            "*'y'*Softmax*");
    }

    [Fact]
    public void An_input_that_is_passed_through_is_refused()
    {
        Refuse(
            new OnnxGraph("g").Input("x", OnnxType.Float, 1, 100).Output("x", OnnxType.Float, 1, 100), BakingFailure.UnsuitableOutput, "*'x'*input*");
        Refuse(
            new OnnxGraph("g").Input("x", OnnxType.Float, 1, 100).Node("Softmax", ["x"], ["y"]).Output("y", OnnxType.Float, 1, 100),
            BakingFailure.UnsuitableOutput,
            "*'x'*input*");
    }

    [Fact]
    public void A_copy_is_not_baked_into_where_it_can_be_told()
    {
        byte[] copy = BakingModels.Baker(_key).Bake(TestModel.Mlp(8, 8, 1, 200), 1).Content.ToArray();

        Refuse(copy, BakingFailure.AlreadyBaked, "*clean model*");
    }

    [Theory]
    [InlineData(1e-9, OnnxType.Float, "*rounding*1 of 256*")]
    [InlineData(1e-5, OnnxType.Float16, "*1E-05*Float16*")]
    [InlineData(2000, OnnxType.Float16, "*2000*Float16*")]
    [InlineData(1e-39, OnnxType.Float, "*1E-39*Float32*")]
    [InlineData(1e31, OnnxType.Float, "*1E+31*Float32*")]
    public void An_amplitude_that_the_type_does_not_hold_is_refused(double amplitude, OnnxType type, string message)
    {
        FluentActions.Invoking(() => BakingModels.Baker(_key, amplitude).Bake(BakingModels.MatMulAdd(type: type).ToArray(), 1))
            .Should().Throw<BakingException>().WithMessage(message).Which.Failure.Should().Be(BakingFailure.AmplitudeOutOfRange);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void An_amplitude_that_is_none_is_a_wrong_call(double amplitude) =>
        FluentActions.Invoking(() => BakingModels.Baker(_key, amplitude)).Should().Throw<ArgumentOutOfRangeException>();

    [Fact]
    public void What_is_no_model_or_contradicts_itself_is_refused()
    {
        Refuse([1, 2, 3], BakingFailure.InvalidModel, "*cannot be marked*");
        Refuse([], BakingFailure.InvalidModel, "*no graph*");
        Refuse(BakingModels.MatMulAdd().Node("Exp", ["x"], ["logits"]), BakingFailure.InvalidModel, "*Two nodes make*'logits'*");
        Refuse(
            BakingModels.MatMulAdd().Initializer("b", OnnxTensor.Of<float>(BakingModels.Biases(), BakingModels.Classes)),
            BakingFailure.InvalidModel,
            "*'b'*twice*");
    }

    [Fact]
    public void A_model_of_an_old_operator_set_gets_no_new_node()
    {
        byte[] old = ModelForge.Message(model =>
        {
            model.Integer(1, 3);
            model.Message(7, graph =>
            {
                graph.Message(1, node =>
                {
                    node.Text(1, "x");
                    node.Text(2, "y");
                    node.Text(4, "Neg");
                });
                graph.Message(11, input => Value(input, "x", 100));
                graph.Message(12, output => Value(output, "y", 100));
            });
            model.Message(8, set => set.Integer(2, 6));
        });

        Refuse(old, BakingFailure.InvalidModel, "*operator set is 6*7*");
    }

    [Fact]
    public void Models_that_were_damaged_are_refused_or_baked_and_never_fail_otherwise()
    {
        byte[] model = BakingModels.MatMulAdd(64).ToArray();
        FingerprintBaker baker = BakingModels.Baker(_key);
        Random random = new(7);
        int refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] damaged = [.. model];
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                // The weights in the middle say nothing; the structure is at both ends.
                int at = random.Next(2) == 0 ? random.Next(120) : damaged.Length - 1 - random.Next(400);
                damaged[at] = random.Next(4) == 0 ? (byte)random.Next(256) : (byte)(damaged[at] ^ (1 << random.Next(8)));
            }

            try
            {
                baker.Bake(damaged, 1);
            }
            catch (BakingException)
            {
                refused++;
            }
        }

        refused.Should().BeInRange(1_000, 19_900);
    }

    /// <summary>An input or output of floats.</summary>
    internal static void Value(ProtobufWriter value, string name, params long[] dims)
    {
        value.Text(1, name);
        value.Message(2, type => type.Message(1, tensor =>
        {
            tensor.Integer(1, ModelForge.Float);
            tensor.Message(2, shape => Array.ForEach(dims, dim => shape.Message(1, length => length.Integer(1, dim))));
        }));
    }

    private void Refuse(OnnxGraph graph, BakingFailure failure, string message, string? output = null) => Refuse(graph.ToArray(), failure, message, output);

    private void Refuse(byte[] model, BakingFailure failure, string message, string? output = null) =>
        FluentActions.Invoking(() => BakingModels.Baker(_key, output: output).Bake(model, 1))
            .Should().Throw<BakingException>().WithMessage(message).Which.Failure.Should().Be(failure);
}
