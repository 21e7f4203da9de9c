using Oml.Sdk.Inference;

namespace Oml.Sdk.Tests.Inference;

public sealed class TensorTests
{
    [Fact]
    public void Refuses_a_shape_that_does_not_fit_the_data()
    {
        Action create = () => InputTensor.Create<float>(new float[5], 2, 3);

        create.Should().Throw<ArgumentException>().WithMessage("The shape [2, 3] needs 6 elements; the data has 5.*");
    }

    [Fact]
    public void Refuses_a_negative_dimension()
    {
        Action create = () => InputTensor.Create<float>(new float[1], -1);

        create.Should().Throw<ArgumentException>().WithMessage("*0 or more*[?]*");
    }

    [Fact]
    public void Refuses_a_shape_whose_product_overflows()
    {
        Action create = () => InputTensor.Create<float>(new float[1], long.MaxValue, 3);

        create.Should().Throw<ArgumentException>().WithMessage("*more elements than 63 bits can count*");
    }

    [Fact]
    public void Counts_no_elements_where_a_dimension_is_zero()
    {
        InputTensor.Create<float>(Array.Empty<float>(), long.MaxValue, 0, 3).Length.Should().Be(0);
    }

    [Fact]
    public void Is_a_scalar_without_dimensions()
    {
        InputTensor<long> tensor = InputTensor.Create<long>(new long[] { 16_000 });

        tensor.Length.Should().Be(1);
        tensor.Shape.Length.Should().Be(0);
        tensor.ElementType.Should().Be(TensorElementType.Int64);
    }

    [Fact]
    public void Refuses_a_type_that_is_no_element_type()
    {
        Action create = () => InputTensor.Create<DateTime>(new DateTime[1], 1);

        create.Should().Throw<NotSupportedException>().WithMessage("*System.DateTime is not a tensor element type*");
    }

    [Fact]
    public void Refuses_null_among_strings()
    {
        Action create = () => InputTensor.Create<string>(new[] { "a", null! }, 2);

        create.Should().Throw<ArgumentException>().WithMessage("*no null elements*");
    }

    [Fact]
    public void Refuses_the_same_input_twice()
    {
        InferenceInputs inputs = new InferenceInputs().Add("x", new float[1], 1);

        Action again = () => inputs.Add("x", new float[1], 1);

        again.Should().Throw<ArgumentException>().WithMessage("The input 'x' was given twice.*");
    }

    [Fact]
    public void Refuses_to_read_an_output_as_another_type()
    {
        OutputTensor output = OutputTensor.Create("y", new float[2], 2);

        Action read = () => output.GetSpan<double>();

        read.Should().Throw<InvalidOperationException>().WithMessage("*'y'*Float32*System.Double*");
    }

    [Fact]
    public void Writes_an_output_in_place()
    {
        float[] data = [1, 2];
        OutputTensor output = OutputTensor.Create("y", data, 1, 2);

        output.GetSpan<float>()[1] = 7;

        data[1].Should().Be(7);
        output.RowLength.Should().Be(2);
    }

    [Fact]
    public void Refuses_to_read_an_output_that_was_given_back()
    {
        InferenceOutputs outputs = new([OutputTensor.Create("y", new float[2], 2), OutputTensor.Create("s", new[] { "a" }, 1)]);
        outputs.Dispose();

        ((Action)(() => outputs[0].GetSpan<float>())).Should().Throw<ObjectDisposedException>();
        ((Action)(() => outputs[1].GetStrings())).Should().Throw<ObjectDisposedException>();
    }

    [Fact]
    public void Names_the_outputs_that_there_are_when_another_is_asked_for()
    {
        InferenceOutputs outputs = new([OutputTensor.Create("logits", new float[2], 2)]);

        Action read = () => _ = outputs["probabilities"];

        read.Should().Throw<KeyNotFoundException>().WithMessage("*'probabilities'*'logits'*");
    }
}
