using Oml.Sdk.Inference;

namespace Oml.Sdk.Tests.Inference;

public sealed class ModelSignatureTests
{
    private static readonly ModelSignature Signature = new(
        [
            new TensorInfo("image", TensorElementType.Float32, [-1, 1, 28, 28], ["batch", null, null, null]),
            new TensorInfo("rate", TensorElementType.Int64, []),
        ],
        [new TensorInfo("logits", TensorElementType.Float32, [-1, 10])],
        [new TensorInfo("threshold", TensorElementType.Float32, [1])]);

    [Fact]
    public void Accepts_inputs_in_any_order_with_any_batch_and_optional_ones()
    {
        Signature.Validate(Valid());
        Signature.Validate(new InferenceInputs().Add("rate", new long[1]).Add("image", new float[3 * 784], 3, 1, 28, 28));
        Signature.Validate(Valid().Add("threshold", new float[1], 1));
    }

    [Fact]
    public void Names_an_input_that_the_model_does_not_have_and_those_that_it_has()
    {
        InvalidInputException error = Refusal(Valid().Add("picture", new float[1], 1));

        error.InputName.Should().Be("picture");
        error.Message.Should().Be(
            "The model has no input named 'picture'; it takes 'image' (Float32[batch, 1, 28, 28]), 'rate' (Int64[]), 'threshold' (Float32[1]).");
    }

    [Fact]
    public void Names_a_missing_input()
    {
        InvalidInputException error = Refusal(new InferenceInputs().Add("image", new float[784], 1, 1, 28, 28));

        error.InputName.Should().Be("rate");
        error.Message.Should().Be("The input 'rate' (Int64[]) is missing; 'image' was given.");
        Refusal([]).InputName.Should().Be("image");
    }

    [Theory]
    [InlineData(new long[] { 1, 1, 28, 27 })]
    [InlineData(new long[] { 1, 784 })]
    [InlineData(new long[] { })]
    public void Names_the_shape_that_was_expected(long[] shape)
    {
        float[] data = new float[shape.Aggregate(1L, (product, dimension) => product * dimension)];
        InvalidInputException error = Refusal(new InferenceInputs().Add("image", data, shape).Add("rate", new long[1]));

        error.InputName.Should().Be("image");
        error.Expected.Should().Be("Float32[batch, 1, 28, 28]");
        error.Actual.Should().Be($"Float32[{string.Join(", ", shape)}]");
    }

    [Fact]
    public void Names_the_type_that_was_expected()
    {
        InvalidInputException error = Refusal(new InferenceInputs().Add("image", new double[784], 1, 1, 28, 28).Add("rate", new long[1]));

        error.Message.Should().Be("The input 'image' must be Float32[batch, 1, 28, 28]; Float64[1, 1, 28, 28] was given.");
    }

    [Fact]
    public void Accepts_any_shape_where_the_model_leaves_the_rank_open()
    {
        ModelSignature open = new([new TensorInfo("x", TensorElementType.Float32, [], anyRank: true)], []);

        open.Validate(new InferenceInputs().Add("x", new float[6], 1, 2, 3));
        open.Inputs[0].ToString().Should().Be("x: Float32[...]");
    }

    private static InferenceInputs Valid() =>
        new InferenceInputs().Add("image", new float[784], 1, 1, 28, 28).Add("rate", new long[1]);

    private static InvalidInputException Refusal(InferenceInputs inputs)
    {
        Action validate = () => Signature.Validate(inputs);
        return validate.Should().Throw<InvalidInputException>().Which;
    }
}
