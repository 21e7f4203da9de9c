using Oml.Sdk.Sealing.Onnx;
using Oml.Sdk.TestModels;

namespace Oml.Sdk.Tests.Sealing.Onnx;

public sealed class OnnxModelScannerTests
{
    [Fact]
    public void Reports_versions_inputs_and_outputs()
    {
        OnnxModelScan scan = OnnxModelScanner.Scan(TestModel.MultiInputOutput());

        scan.IrVersion.Should().Be(8);
        scan.OpsetImports.Should().Equal(new OnnxOpset(string.Empty, 17));
        scan.InputNames.Should().Equal("a", "k");
        scan.OutputNames.Should().Equal("total", "next");
        scan.ExternalTensors.Should().BeEmpty();
        scan.EpContextNodes.Should().BeEmpty();
    }

    [Fact]
    public void Reports_the_initializers_that_hold_enough_raw_data()
    {
        byte[] model = TestModel.FailsAtRunTime();

        InlineTensor table = OnnxModelScanner.Scan(model, 40).LargeInlineTensors.Should().ContainSingle().Which;

        (table.Name, table.ElementType).Should().Be(("table", ModelForge.Float));
        table.Dims.Should().Equal(10);
        model.AsSpan(table.Data.Start, table.Data.Length).ToArray().Should().Equal(
            Enumerable.Range(0, 10).SelectMany(i => BitConverter.GetBytes(10f * i)));
        OnnxModelScanner.Scan(model, 41).LargeInlineTensors.Should().BeEmpty();
    }

    [Fact]
    public void Leaves_alone_what_is_not_plain_raw_data()
    {
        byte[] eight = new byte[8];
        byte[] model = ModelForge.Model(graph =>
        {
            graph.Message(5, ModelForge.Inline("wrong-length", ModelForge.Float, [3], eight));
            graph.Message(5, ModelForge.Inline("negative", ModelForge.Float, [-2], eight));
            graph.Message(5, ModelForge.Inline("unknown-type", 99, [2], eight));
            graph.Message(5, tensor =>
            {
                ModelForge.Inline("also-typed", ModelForge.Float, [2], eight)(tensor);
                tensor.Bytes(4, eight);
            });
            graph.Message(5, tensor =>
            {
                ModelForge.Inline("segment", ModelForge.Float, [2], eight)(tensor);
                tensor.Message(3, segment => segment.Integer(1, 0));
            });
        });

        OnnxModelScanner.Scan(model, 0).LargeInlineTensors.Should().BeEmpty();
    }

    [Fact]
    public void Reports_external_tensors_with_all_that_they_say()
    {
        Action<ProtobufWriter> tensor = ModelForge.External(
            "w", ModelForge.Float, [2, 3], ("location", "data/w.bin"), ("offset", "4096"), ("length", "24"), ("checksum", "ab"));
        byte[] model = ModelForge.WithInitializer(tensor);

        ExternalTensor found = OnnxModelScanner.Scan(model).ExternalTensors.Should().ContainSingle().Which;

        (found.Name, found.ElementType, found.Location, found.Offset, found.Length).Should().Be(("w", 1, "data/w.bin", 4096L, 24L));
        found.Dims.Should().Equal(2, 3);
        found.IsTopLevelInitializer.Should().BeTrue();
        model.AsSpan(found.Range.Start, found.Range.Length).ToArray().Should().Equal(ModelForge.Message(tensor));
    }

    [Fact]
    public void Starts_at_0_and_computes_the_length_where_nothing_is_said()
    {
        byte[] model = ModelForge.Model(graph =>
        {
            graph.Message(5, ModelForge.External("scalar", ModelForge.Float, [], ("location", "w")));
            graph.Message(5, ModelForge.External("packed", 22, [3, 3], ("location", "w")));
            graph.Message(5, ModelForge.External("nothing", ModelForge.Float, [4, 0], ("location", "w")));
        });

        OnnxModelScanner.Scan(model).ExternalTensors.Select(t => (t.Name, t.Offset, t.Length))
            .Should().Equal(("scalar", 0, 4), ("packed", 0, 5), ("nothing", 0, 0));
    }

    [Fact]
    public void Takes_dimensions_packed_or_not()
    {
        byte[] model = ModelForge.WithInitializer(tensor =>
        {
            tensor.Integer(1, 2);
            tensor.PackedIntegers(1, [3, 4]);
            tensor.Integer(1, 5);
            ModelForge.External("w", ModelForge.Float, [], ("location", "w"))(tensor);
        });

        ExternalTensor found = OnnxModelScanner.Scan(model).ExternalTensors.Should().ContainSingle().Which;

        found.Dims.Should().Equal(2, 3, 4, 5);
        found.Length.Should().Be(480);
    }

    [Fact]
    public void Finds_external_tensors_wherever_they_hide()
    {
        byte[] model = ModelForge.Everywhere(name => ModelForge.External(name, ModelForge.Float, [1], ("location", "w")));

        OnnxModelScan scan = OnnxModelScanner.Scan(model);

        scan.ExternalTensors.Where(t => t.IsTopLevelInitializer).Select(t => t.Name).Should().Equal("top-0", "top-1");
        scan.ExternalTensors.Where(t => !t.IsTopLevelInitializer).Select(t => t.Name).Should().Equal(
            "t", "tensors-0", "tensors-1", "sparse-values", "sparse-indices", "sparses-values", "sparses-indices",
            "in-graph-attribute", "in-graph-initializer", "in-graph-attribute", "in-graph-initializer",
            "sparse-initializer-values", "sparse-initializer-indices",
            "initialization", "algorithm", "function-node", "function-default");
    }

    [Fact]
    public void Only_initializers_of_the_models_own_graph_are_large_inline_ones()
    {
        byte[] model = ModelForge.Everywhere(name => ModelForge.Inline(name, ModelForge.Float, [1], new byte[4]));

        OnnxModelScanner.Scan(model, 0).LargeInlineTensors.Select(t => t.Name).Should().Equal("top-0", "top-1");
    }

    [Fact]
    public void Finds_compiled_nodes_in_branches_and_functions()
    {
        byte[] model = ModelForge.Model(
            graph =>
            {
                graph.Message(1, ModelForge.Node("If", "outer", then => then.Message(6, branch =>
                    branch.Message(1, ModelForge.Node("If", "inner", otherwise => otherwise.Message(6, leaf =>
                        leaf.Message(1, ModelForge.Node("EPContext", "hidden"))))))));
                graph.Message(1, node =>
                {
                    ModelForge.Node("EPContext", "of-a-domain")(node);
                    node.Text(7, "com.microsoft");
                });
                graph.Message(1, ModelForge.Node("EPContext", string.Empty));
                graph.Message(1, ModelForge.Node("EPContextual", "another"));
            },
            model => model.Message(25, function => function.Message(7, ModelForge.Node("EPContext", "in-a-function"))));

        OnnxModelScanner.Scan(model).EpContextNodes.Should().Equal("hidden", "of-a-domain", "(unnamed)", "in-a-function");
    }

    [Fact]
    public void Reads_the_models_of_this_project()
    {
        byte[][] models = [TestModel.Identity(), TestModel.Halves(), TestModel.Doubles(), TestModel.WithOptionalInput()];

        foreach (byte[] model in models)
        {
            OnnxModelScanner.Scan(model).OutputNames.Should().Equal("y");
        }
    }
}
