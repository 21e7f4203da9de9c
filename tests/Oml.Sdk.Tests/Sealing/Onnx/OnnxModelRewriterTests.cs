using Oml.Sdk.Sealing.Onnx;
using Oml.Sdk.TestModels;

namespace Oml.Sdk.Tests.Sealing.Onnx;

public sealed class OnnxModelRewriterTests
{
    private static readonly byte[] Two = [1, 2, 3, 4, 5, 6, 7, 8];

    [Fact]
    public void Without_edits_the_model_stays_as_it_is()
    {
        byte[] model = TestModel.MultiInputOutput();

        new OnnxModelRewriter(OnnxModelScanner.Scan(model), []).ToArray().Should().Equal(model);
    }

    [Fact]
    public void Takes_values_out_of_a_model_and_puts_them_back_bit_for_bit()
    {
        byte[][] models = [TestModel.FailsAtRunTime(), TestModel.MultiInputOutput(), TestModel.Halves(), TestModel.WithOptionalInput()];
        foreach (byte[] model in models)
        {
            OnnxModelScan scan = OnnxModelScanner.Scan(model, 0);
            scan.LargeInlineTensors.Should().NotBeEmpty();
            using MemoryStream file = new();
            List<TensorEdit> edits = [];
            foreach (InlineTensor tensor in scan.LargeInlineTensors)
            {
                edits.Add(TensorEdit.ToExternal(tensor, "w.bin", file.Length));
                file.Write(model.AsSpan(tensor.Data.Start, tensor.Data.Length));
            }

            byte[] outside = new OnnxModelRewriter(scan, edits).ToArray();
            OnnxModelScan external = OnnxModelScanner.Scan(outside, 0);
            external.LargeInlineTensors.Should().BeEmpty();
            external.ExternalTensors.Select(t => (t.Name, t.ElementType, t.Location, t.IsTopLevelInitializer)).Should().Equal(
                scan.LargeInlineTensors.Select(t => (t.Name, t.ElementType, "w.bin", true)));

            byte[] back = new OnnxModelRewriter(external, external.ExternalTensors.Select(
                t => TensorEdit.ToInline(t, file.ToArray().AsMemory((int)t.Offset, (int)t.Length)))).ToArray();
            back.Should().Equal(model);
        }
    }

    [Fact]
    public void Puts_values_in_wherever_the_tensor_is()
    {
        byte[] model = ModelForge.Everywhere(name => ModelForge.External(name, ModelForge.Float, [2], ("location", "w"), ("length", "8")));
        byte[] expected = ModelForge.Everywhere(name => ModelForge.Inline(name, ModelForge.Float, [2], Two));
        OnnxModelScan scan = OnnxModelScanner.Scan(model);

        new OnnxModelRewriter(scan, scan.ExternalTensors.Reverse().Select(t => TensorEdit.ToInline(t, Two))).ToArray()
            .Should().Equal(expected, "the order of the edits does not matter");
    }

    [Fact]
    public void Edits_one_tensor_and_leaves_the_others()
    {
        OnnxModelScan scan = OnnxModelScanner.Scan(
            ModelForge.Everywhere(name => ModelForge.External(name, ModelForge.Float, [2], ("location", "w"))));
        for (int i = 0; i < scan.ExternalTensors.Length; i++)
        {
            OnnxModelScan after = Rewrite(scan, TensorEdit.ToInline(scan.ExternalTensors[i], Two));

            after.ExternalTensors.Select(Facts).Should().Equal(scan.ExternalTensors.RemoveAt(i).Select(Facts));
        }
    }

    [Fact]
    public void Corrects_lengths_that_need_more_bytes_than_before()
    {
        byte[] data = new byte[70_000];
        byte[] model = ModelForge.Everywhere(name => ModelForge.External(name, 2, [70_000], ("location", "w")));
        byte[] expected = ModelForge.Everywhere(name => ModelForge.Inline(name, 2, [70_000], data));
        OnnxModelScan scan = OnnxModelScanner.Scan(model);
        OnnxModelRewriter rewriter = new(scan, scan.ExternalTensors.Select(t => TensorEdit.ToInline(t, data)));
        using MemoryStream stream = new();

        rewriter.Write(stream);

        rewriter.Length.Should().Be(expected.Length);
        stream.ToArray().AsSpan().SequenceEqual(expected).Should().BeTrue();
    }

    [Fact]
    public void Moves_external_data_in_one_form()
    {
        byte[] model = ModelForge.WithInitializer(ModelForge.External(
            "w", ModelForge.Float, [2], ("checksum", "ab"), ("offset", "0004"), ("location", "old.bin")));
        byte[] expected = ModelForge.WithInitializer(ModelForge.External(
            "w", ModelForge.Float, [2], ("location", "dir/new.bin"), ("offset", "9223372036854775799"), ("length", "8")));
        OnnxModelScan scan = OnnxModelScanner.Scan(model);

        new OnnxModelRewriter(scan, [TensorEdit.Move(scan.ExternalTensors[0], "dir/new.bin", long.MaxValue - 8)]).ToArray()
            .Should().Equal(expected);
    }

    [Fact]
    public void Keeps_what_it_does_not_know()
    {
        byte[] Build(Action<ProtobufWriter> values) => ModelForge.Model(
            graph =>
            {
                graph.Bytes(99, [1, 2]);
                graph.Message(5, tensor =>
                {
                    tensor.Text(12, "a note");
                    tensor.Integer(500, 7);
                    tensor.Float(501, 1.5f);
                    tensor.Message(16, ModelForge.Entry("key", "value"));
                    tensor.Text(8, "w");
                    tensor.Integer(2, ModelForge.Float);
                    tensor.Integer(1, 2);
                    values(tensor);
                });
                graph.Text(10, "after");
            },
            model => model.Message(14, ModelForge.Entry("k", "v")));
        byte[] model = Build(tensor => tensor.Bytes(9, Two));
        OnnxModelScan scan = OnnxModelScanner.Scan(model, 0);

        byte[] outside = new OnnxModelRewriter(scan, [TensorEdit.ToExternal(scan.LargeInlineTensors[0], "w", 0)]).ToArray();

        outside.Should().Equal(Build(tensor =>
        {
            tensor.Message(13, ModelForge.Entry("location", "w"));
            tensor.Message(13, ModelForge.Entry("offset", "0"));
            tensor.Message(13, ModelForge.Entry("length", "8"));
            tensor.Integer(14, 1);
        }));
    }

    [Fact]
    public void Replaces_values_that_stand_before_other_fields()
    {
        byte[] model = ModelForge.WithInitializer(tensor =>
        {
            tensor.Integer(14, 0);
            tensor.Bytes(9, Two);
            tensor.Message(13, ModelForge.Entry("location", "not used"));
            tensor.PackedIntegers(1, [2]);
            tensor.Integer(2, ModelForge.Float);
            tensor.Text(8, "w");
        });
        OnnxModelScan scan = OnnxModelScanner.Scan(model, 0);

        ExternalTensor after = Rewrite(scan, TensorEdit.ToExternal(scan.LargeInlineTensors[0], "w", 64)).ExternalTensors[0];

        (after.Name, after.Location, after.Offset, after.Length).Should().Be(("w", "w", 64L, 8L));
    }

    [Fact]
    public void Puts_in_a_tensor_without_elements()
    {
        OnnxModelScan scan = OnnxModelScanner.Scan(
            ModelForge.WithInitializer(ModelForge.External("w", ModelForge.Float, [0, 3], ("location", "w"))));

        Rewrite(scan, TensorEdit.ToInline(scan.ExternalTensors[0], ReadOnlyMemory<byte>.Empty))
            .LargeInlineTensors.Should().ContainSingle().Which.Data.Length.Should().Be(0);
    }

    [Fact]
    public void Refuses_values_of_another_length()
    {
        OnnxModelScan scan = OnnxModelScanner.Scan(
            ModelForge.WithInitializer(ModelForge.External("w", ModelForge.Float, [2], ("location", "w"))));
        Action edit = () => TensorEdit.ToInline(scan.ExternalTensors[0], new byte[9]);

        edit.Should().Throw<ArgumentException>().WithMessage("*'w'*8 bytes*got 9*");
    }

    [Fact]
    public void Refuses_places_that_no_external_data_can_have()
    {
        OnnxModelScan scan = OnnxModelScanner.Scan(
            ModelForge.WithInitializer(ModelForge.External("w", ModelForge.Float, [2], ("location", "w"))));
        Action outside = () => TensorEdit.Move(scan.ExternalTensors[0], "../w", 0);
        Action negative = () => TensorEdit.Move(scan.ExternalTensors[0], "w", -1);
        Action beyond = () => TensorEdit.Move(scan.ExternalTensors[0], "w", long.MaxValue - 7);

        outside.Should().Throw<ArgumentException>().WithMessage("*'../w' has the segment ..*");
        negative.Should().Throw<ArgumentOutOfRangeException>();
        beyond.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Refuses_two_edits_of_one_tensor_and_edits_of_another_scan()
    {
        byte[] model = ModelForge.WithInitializer(ModelForge.External("w", ModelForge.Float, [2], ("location", "w")));
        OnnxModelScan scan = OnnxModelScanner.Scan(model);
        TensorEdit edit = TensorEdit.ToInline(scan.ExternalTensors[0], Two);
        Action twice = () => _ = new OnnxModelRewriter(scan, [edit, edit]);
        Action foreign = () => _ = new OnnxModelRewriter(OnnxModelScanner.Scan(model), [edit]);

        twice.Should().Throw<ArgumentException>().WithMessage("*'w'*");
        foreign.Should().Throw<ArgumentException>().WithMessage("*'w'*another scan*");
    }

    [Fact]
    public void Refuses_a_model_beyond_2_gib()
    {
        OnnxModelScan scan = OnnxModelScanner.Scan(ModelForge.Model(graph =>
        {
            for (int i = 0; i < 2049; i++)
            {
                graph.Message(5, ModelForge.External($"{i}", 2, [1 << 20], ("location", "w")));
            }
        }));
        byte[] data = new byte[1 << 20];
        Action rewrite = () => _ = new OnnxModelRewriter(scan, scan.ExternalTensors.Select(t => TensorEdit.ToInline(t, data)));

        rewrite.Should().Throw<OnnxFormatException>().WithMessage("*2 GiB*");
    }

    private static OnnxModelScan Rewrite(OnnxModelScan scan, TensorEdit edit) =>
        OnnxModelScanner.Scan(new OnnxModelRewriter(scan, [edit]).ToArray(), 0);

    private static object Facts(ExternalTensor t) => (t.Name, t.ElementType, t.Location, t.Offset, t.Length, t.IsTopLevelInitializer);
}
