using System.Runtime.InteropServices;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Sealing;
using Oml.Sdk.TestModels;
using Oml.Sdk.Tests.Fingerprints;
using Oml.Sdk.Tests.Sealing.Onnx;

namespace Oml.Sdk.Tests.Sealing.Baking;

/// <summary>Where in a model the signs go, and what stays as it is. Runs of the models are in the tests of the ONNX Runtime backend.</summary>
public sealed class FingerprintBakerTests : IDisposable
{
    private const ulong Licensee = 42;

    private readonly FingerprintKey _key = FingerprintTestData.PublisherKey(1);

    public void Dispose() => _key.Dispose();

    [Fact]
    public void The_bias_is_that_of_the_specification()
    {
        // docs/spec/fingerprint.md §10.6, computed by an independent program.
        using FingerprintKey key = FingerprintKey.Import([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
        ModelId model = ModelId.Parse("404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f");
        using CarrierKey carrier = key.DeriveCarrierKey(new FingerprintSubject(model, 0x0102030405060708));

        Baked(64).Should().Equal("bf933333", "bf833333", "bf666666", "bf79999a", "bf266666", "bf39999a", "becccccd", "bef33333");
        Baked(128).Should().Equal("bfaccccd", "bf9ccccd", "bf8ccccd", "bf79999a", "bf59999a", "bf066666", "becccccd", "be8ccccd");

        string[] Baked(int length) => [.. Oml.Sdk.Fingerprints.Kernels.BakedLayout.Signs(carrier, length).Take(8)
            .Select((sign, i) => $"{BitConverter.SingleToUInt32Bits((float)(BakingModels.Bias(i) + (sign * 0.1))):x8}")];
    }

    [Theory]
    [InlineData(64)]
    [InlineData(100)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(1000)]
    [InlineData(5000)]
    public void The_bias_of_the_last_layer_is_changed_by_the_signs_and_nothing_else_is(int classes)
    {
        byte[] clean = BakingModels.MatMulAdd(classes).ToArray();

        BakedModel baked = BakingModels.Baker(_key).Bake(clean, Licensee);

        int[] signs = BakingModels.Signs(_key, clean, Licensee, classes);
        float[] bias = BakingModels.Floats(baked.Content, "b");
        bias.Should().Equal(BakingModels.Marked(signs));
        baked.Content.Length.Should().Be(clean.Length);
        int first = clean.AsSpan().IndexOf(MemoryMarshal.AsBytes<float>(BakingModels.Biases(classes)));
        byte[] back = baked.Content.ToArray();
        MemoryMarshal.AsBytes<float>(BakingModels.Biases(classes)).CopyTo(back.AsSpan(back.AsSpan().IndexOf(MemoryMarshal.AsBytes<float>(bias))));
        back.Where((value, i) => i < first).Should().Equal(clean.Take(first), "only the values moved, to the end of the tensor at most");
        baked.Fingerprint.Placement.Should().Be(BakedPlacement.Bias);
        baked.Fingerprint.RowLength.Should().Be(classes);
        baked.Fingerprint.MarkedElements.Should().Be(classes);
        baked.Fingerprint.Amplitude.Should().Be(BakingModels.Amplitude);
        baked.Fingerprint.Output.Should().Be("logits");
    }

    [Fact]
    public void The_key_is_that_of_the_clean_model_whoever_the_licensee_is()
    {
        byte[] clean = BakingModels.Gemm().ToArray();
        FingerprintBaker baker = BakingModels.Baker(_key);

        BakedModel one = baker.Bake(clean, 1);
        BakedModel two = baker.Bake(clean, 2);

        one.Fingerprint.Subject.Should().Be(new FingerprintSubject(ModelId.Compute(clean), 1));
        two.Fingerprint.Subject.Should().Be(new FingerprintSubject(ModelId.Compute(clean), 2));
        ModelId.Compute(one.Content.Span).Should().NotBe(ModelId.Compute(two.Content.Span), "permissions name the copies");
    }

    [Fact]
    public void A_gemm_s_bias_is_divided_by_beta_before_it_is_changed()
    {
        byte[] clean = BakingModels.Gemm(BakingModels.Classes, OnnxAttribute.Float("beta", -2)).ToArray();

        BakedModel baked = BakingModels.Baker(_key).Bake(clean, Licensee);

        int[] signs = BakingModels.Signs(_key, clean, Licensee, BakingModels.Classes);
        BakingModels.Floats(baked.Content, "b").Should().Equal(BakingModels.Marked(signs, -0.025));
    }

    [Fact]
    public void A_gemm_whose_beta_is_zero_gets_an_addition()
    {
        byte[] clean = BakingModels.Gemm(BakingModels.Classes, OnnxAttribute.Float("beta", 0)).ToArray();

        ShouldBeAdded(clean, BakingModels.Baker(_key).Bake(clean, Licensee), "logits", "Gemm");
    }

    [Fact]
    public void Halves_and_doubles_are_marked_in_their_own_type()
    {
        byte[] halves = BakingModels.MatMulAdd(100, OnnxType.Float16).ToArray();
        byte[] doubles = BakingModels.MatMulAdd(100, OnnxType.Double).ToArray();

        byte[] half = BakingModels.Raw(BakingModels.Baker(_key).Bake(halves, Licensee).Content, "b");
        byte[] wide = BakingModels.Raw(BakingModels.Baker(_key).Bake(doubles, Licensee).Content, "b");

        MemoryMarshal.Cast<byte, Half>(half).ToArray().Should().Equal(
            BakingModels.Signs(_key, halves, Licensee, 100).Select((sign, i) => (Half)((double)(Half)BakingModels.Bias(i) + (sign * BakingModels.Amplitude))));
        MemoryMarshal.Cast<byte, double>(wide).ToArray().Should().Equal(
            BakingModels.Signs(_key, doubles, Licensee, 100).Select((sign, i) => BakingModels.Bias(i) + (sign * BakingModels.Amplitude)));
    }

    [Fact]
    public void A_typed_list_of_values_becomes_raw_data_and_nothing_of_it_is_left()
    {
        byte[] values = MemoryMarshal.AsBytes<float>(BakingModels.Biases()).ToArray();
        byte[] clean = TypedBias(list => list.Bytes(4, values));

        BakedModel baked = BakingModels.Baker(_key).Bake(clean, Licensee);

        BakingModels.Floats(baked.Content, "b").Should().Equal(BakingModels.Marked(BakingModels.Signs(_key, clean, Licensee, BakingModels.Classes)));
        baked.Content.Span.IndexOf(values).Should().Be(-1);
    }

    [Fact]
    public void A_list_of_values_in_pieces_is_left_alone_and_an_addition_follows()
    {
        byte[] values = MemoryMarshal.AsBytes<float>(BakingModels.Biases()).ToArray();
        byte[] clean = TypedBias(list =>
        {
            list.Bytes(4, values.AsSpan(0, 512));
            list.Bytes(4, values.AsSpan(512));
        });

        ShouldBeAdded(clean, BakingModels.Baker(_key).Bake(clean, Licensee), "logits", "Add");
    }

    [Fact]
    public void Masks_in_a_bias_stay_what_they_are_and_do_not_count()
    {
        float[] masked = BakingModels.Biases();
        masked[3] = float.MinValue;
        masked[4] = float.NegativeInfinity;
        masked[5] = -1e9f;
        byte[] clean = BakingModels.Product().Initializer("b", OnnxTensor.Of<float>(masked, masked.Length))
            .Node("Add", ["b", "product"], ["logits"]).Output("logits", OnnxType.Float, "batch", masked.Length).ToArray();

        BakedModel baked = BakingModels.Baker(_key).Bake(clean, Licensee);

        BakingModels.Floats(baked.Content, "b")[3..6].Should().Equal(float.MinValue, float.NegativeInfinity, -1e9f);
        baked.Fingerprint.MarkedElements.Should().Be(BakingModels.Classes - 3);
    }

    [Theory]
    [InlineData("another node")]
    [InlineData("a graph inside a node")]
    [InlineData("the caller, as an output")]
    public void A_bias_that_something_else_reads_stays_as_it_is(string reader)
    {
        OnnxGraph graph = BakingModels.MatMulAdd();
        byte[] clean = (reader switch
        {
            "another node" => graph.Node("Exp", ["b"], ["e"]).Output("e", OnnxType.Float, BakingModels.Classes),
            "the caller, as an output" => graph.Output("b", OnnxType.Float, BakingModels.Classes),
            _ => graph.Input("which", OnnxType.Bool).Node(
                    "If", ["which"], ["e"], OnnxAttribute.Graph("then_branch", Branch("Exp")), OnnxAttribute.Graph("else_branch", Branch("Neg")))
                .Output("e", OnnxType.Float, BakingModels.Classes),
        }).ToArray();

        BakedModel baked = BakingModels.Baker(_key, output: "logits").Bake(clean, Licensee);

        BakingModels.Floats(baked.Content, "b").Should().Equal(BakingModels.Biases());
        ShouldBeAdded(clean, baked, "logits", "Add");

        static OnnxGraph Branch(string operation) => new OnnxGraph(operation)
            .Node(operation, ["b"], [$"{operation}_out"]).Output($"{operation}_out", OnnxType.Float, BakingModels.Classes);
    }

    [Fact]
    public void A_bias_that_the_caller_may_override_is_no_constant()
    {
        byte[] clean = BakingModels.MatMulAdd().Input("b", OnnxType.Float, BakingModels.Classes).ToArray();

        ShouldBeAdded(clean, BakingModels.Baker(_key).Bake(clean, Licensee), "logits", "Add");
    }

    [Theory]
    [InlineData(1L)]
    [InlineData((long)BakingModels.Classes, (long)BakingModels.Classes)]
    public void A_bias_that_is_not_one_number_for_each_class_is_left_alone(params long[] dims)
    {
        byte[] clean = BakingModels.Product().Initializer("b", OnnxTensor.Of<float>(new float[dims.Aggregate(1L, (a, b) => a * b)], dims))
            .Node("Add", ["product", "b"], ["logits"]).Output("logits", OnnxType.Float, "batch", BakingModels.Classes).ToArray();

        ShouldBeAdded(clean, BakingModels.Baker(_key).Bake(clean, Licensee), "logits", "Add");
    }

    [Fact]
    public void A_layer_without_a_bias_and_a_quantized_one_get_an_addition()
    {
        byte[] bare = TestModel.Mlp(8, 8, 1, 200);
        byte[] quantized = new OnnxGraph("quantized")
            .Input("q", OnnxType.UInt8, "batch", BakingModels.Classes)
            .Initializer("scale", OnnxTensor.Of<float>([0.1f])).Initializer("zero", OnnxTensor.Of<byte>([128]))
            .Node("DequantizeLinear", ["q", "scale", "zero"], ["logits"])
            .Output("logits", OnnxType.Float, "batch", BakingModels.Classes).ToArray();

        ShouldBeAdded(bare, BakingModels.Baker(_key).Bake(bare, Licensee), "logits", "MatMul");
        ShouldBeAdded(quantized, BakingModels.Baker(_key).Bake(quantized, Licensee), "logits", "DequantizeLinear");
    }

    [Theory]
    [InlineData("Softmax")]
    [InlineData("LogSoftmax")]
    public void What_a_softmax_makes_is_marked_before_it(string softmax)
    {
        byte[] clean = BakingModels.Product().Initializer("b", OnnxTensor.Of<float>(BakingModels.Biases(), BakingModels.Classes))
            .Node("Add", ["product", "b"], ["scores"]).Node(softmax, ["scores"], ["p"]).Output("p", OnnxType.Float, "batch", BakingModels.Classes).ToArray();

        BakedModel baked = BakingModels.Baker(_key).Bake(clean, Licensee);

        baked.Fingerprint.Placement.Should().Be(BakedPlacement.Bias);
        baked.Fingerprint.Output.Should().Be("p");
        BakingModels.Floats(baked.Content, "b").Should().Equal(BakingModels.Marked(BakingModels.Signs(_key, clean, Licensee, BakingModels.Classes)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_softmax_that_is_written_out_is_marked_before_it_too(bool takesMaximumOff)
    {
        OnnxGraph graph = BakingModels.Product().Initializer("b", OnnxTensor.Of<float>(BakingModels.Biases(), BakingModels.Classes))
            .Initializer("last", OnnxTensor.Of<long>([-1], 1)).Initializer("shape", OnnxTensor.Of<long>([-1, 1], 2))
            .Node("Add", ["product", "b"], ["scores"])
            .Node("ReduceMax", ["scores"], ["largest"], OnnxAttribute.Ints("axes", -1))
            .Node("Sub", ["scores", "largest"], ["shifted"])
            .Node("Exp", [takesMaximumOff ? "shifted" : "scores"], ["powers"])
            .Node("ReduceSum", ["powers", "last"], ["sum"], OnnxAttribute.Int("keepdims", 0))
            .Node("Reshape", ["sum", "shape"], ["column"])
            .Node("Div", ["powers", "column"], ["p"]);
        byte[] clean = graph.Output("p", OnnxType.Float, "batch", BakingModels.Classes).ToArray();

        BakedModel baked = BakingModels.Baker(_key).Bake(clean, Licensee);

        baked.Fingerprint.Placement.Should().Be(BakedPlacement.Bias);
        BakingModels.Floats(baked.Content, "b").Should().Equal(BakingModels.Marked(BakingModels.Signs(_key, clean, Licensee, BakingModels.Classes)));
    }

    [Fact]
    public void A_softmax_without_a_bias_before_it_gets_an_addition_before_it()
    {
        byte[] clean = BakingModels.Product().Node("Softmax", ["product"], ["p"]).Output("p", OnnxType.Float, "batch", BakingModels.Classes).ToArray();

        ShouldBeAdded(clean, BakingModels.Baker(_key).Bake(clean, Licensee), "product", "MatMul");
    }

    [Fact]
    public void The_length_of_a_row_is_taken_from_the_bias_where_the_output_does_not_say()
    {
        byte[] clean = BakingModels.Product().Initializer("b", OnnxTensor.Of<float>(BakingModels.Biases(), BakingModels.Classes))
            .Node("Add", ["product", "b"], ["logits"]).OutputOfAnyRank("logits", OnnxType.Float).ToArray();

        BakingModels.Baker(_key).Bake(clean, Licensee).Fingerprint.RowLength.Should().Be(BakingModels.Classes);
    }

    // As the clean model, with an addition behind the node that made the value.
    private void ShouldBeAdded(byte[] clean, BakedModel baked, string value, string operation)
    {
        baked.Fingerprint.Placement.Should().Be(BakedPlacement.AddedNode);
        Oml.Sdk.Sealing.Onnx.OnnxNode addition = BakingModels.Producer(baked.Content, value);
        addition.Operation.Should().Be("Add");
        BakingModels.Producer(baked.Content, addition.Inputs[0]).Operation.Should().Be(operation);
        BakingModels.Producer(baked.Content, addition.Inputs[0]).Inputs.Should().Equal(BakingModels.Producer(clean, value).Inputs);
        float[] signs = [.. BakingModels.Signs(_key, clean, Licensee, baked.Fingerprint.RowLength).Select(sign => sign * (float)BakingModels.Amplitude)];
        baked.Content.Span.IndexOf(MemoryMarshal.AsBytes<float>(signs)).Should().BePositive();
        Oml.Sdk.Sealing.Onnx.OnnxModelScanner.Scan(baked.Content).OutputNames.Should().Equal(Oml.Sdk.Sealing.Onnx.OnnxModelScanner.Scan(clean).OutputNames);
    }

    private static byte[] TypedBias(Action<ProtobufWriter> values) => ModelForge.Model(graph =>
    {
        graph.Message(1, node =>
        {
            node.Text(1, "x");
            node.Text(1, "b");
            node.Text(2, "logits");
            node.Text(4, "Add");
        });
        graph.Text(2, "typed");
        graph.Message(5, tensor =>
        {
            tensor.PackedIntegers(1, [BakingModels.Classes]);
            tensor.Integer(2, ModelForge.Float);
            values(tensor);
            tensor.Text(8, "b");
        });
        graph.Message(11, input => BakingRefusalTests.Value(input, "x", BakingModels.Classes));
        graph.Message(12, output => BakingRefusalTests.Value(output, "logits", BakingModels.Classes));
    });
}
