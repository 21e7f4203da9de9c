using Microsoft.ML.OnnxRuntime;
using Oml.Sdk.TestModels;

namespace Oml.Sdk.OnnxRuntime.Tests.TestModels;

public sealed class OnnxGraphTests
{
    [Fact]
    public void Writes_attributes_that_are_numbers_texts_and_tensors()
    {
        using LoadedModel model = new(new OnnxGraph("attributes")
            .Input("x", OnnxType.Float, 1, 1)
            .Node("Constant", [], ["five"], OnnxAttribute.Tensor("value", OnnxTensor.Of<float>([5], 1, 1)))
            .Node("Gemm", ["x", "five"], ["product"], OnnxAttribute.Float("alpha", 0.5f), OnnxAttribute.Int("transB", 1))
            .Node("Constant", [], ["pads"], OnnxAttribute.Ints("value_ints", 0, 1, 0, 2))
            .Node("Pad", ["product", "pads"], ["y"], OnnxAttribute.Text("mode", "edge"))
            .Output("y", OnnxType.Float, 1, 4)
            .ToArray());

        model.Run<float>("y", ("x", LoadedModel.Tensor([2f], 1, 1))).Should().Equal(5f, 5f, 5f, 5f);
    }

    [Fact]
    public void An_empty_name_leaves_out_an_optional_input_of_a_node()
    {
        using LoadedModel model = new(new OnnxGraph("clip")
            .Input("x", OnnxType.Float, "n")
            .Initializer("most", OnnxTensor.Of<float>([1]))
            .Node("Clip", ["x", "", "most"], ["y"])
            .Output("y", OnnxType.Float, "n")
            .ToArray());

        model.Run<float>("y", ("x", LoadedModel.Tensor([-9f, 9f], 2))).Should().Equal(-9f, 1f);
    }

    [Fact]
    public void Writes_constants_that_are_strings()
    {
        using LoadedModel model = new(new OnnxGraph("names")
            .Input("index", OnnxType.Int64, "n")
            .Initializer("names", OnnxTensor.OfStrings(["zero", "one"], 2))
            .Node("Gather", ["names", "index"], ["y"])
            .Output("y", OnnxType.String, "n")
            .ToArray());
        using OrtValue index = LoadedModel.Tensor([1L, 0L], 2);
        using RunOptions options = new();

        using IDisposableReadOnlyCollection<OrtValue> results = model.Session.Run(options, ["index"], [index], ["y"]);

        results[0].GetStringTensorAsArray().Should().Equal("one", "zero");
    }

    [Fact]
    public void Names_its_maker_and_keeps_free_form_properties()
    {
        using LoadedModel model = new(new OnnxGraph("named")
            .Producer("somebody", "3")
            .Metadata("key", "value")
            .Input("x", OnnxType.Float, 1)
            .Node("Identity", ["x"], ["y"])
            .Output("y", OnnxType.Float, 1)
            .ToArray());

        model.Session.ModelMetadata.ProducerName.Should().Be("somebody");
        model.Session.ModelMetadata.GraphName.Should().Be("named");
        model.Session.ModelMetadata.CustomMetadataMap.Should().Equal(new Dictionary<string, string> { ["key"] = "value" });
    }

    [Fact]
    public void Refuses_a_tensor_whose_dimensions_hold_another_number_of_elements()
    {
        Action create = () => OnnxTensor.Of<float>([1, 2, 3], 2, 2);

        create.Should().Throw<ArgumentException>().WithMessage("*hold 4 elements; got 3*");
    }
}
