using System.Text;
using Oml.Sdk.Sealing.Onnx;
using Oml.Sdk.TestModels;

namespace Oml.Sdk.Tests.Sealing.Onnx;

public sealed class OnnxModelRefusalTests
{
    [Theory]
    [InlineData("offset", "-1", "*'w'*offset*not a whole number*")]
    [InlineData("offset", "+1", "*offset*not a whole number*")]
    [InlineData("offset", " 1", "*offset*not a whole number*")]
    [InlineData("offset", "1.0", "*offset*not a whole number*")]
    [InlineData("offset", "0x10", "*offset*not a whole number*")]
    [InlineData("offset", "", "*offset*not a whole number*")]
    [InlineData("offset", "9223372036854775808", "*offset*not a whole number*")]
    [InlineData("offset", "9223372036854775800", "*'w'*end after*")]
    [InlineData("offset", "00000000000000000000000000", "*offset*not a whole number*")]
    [InlineData("length", "-24", "*length*not a whole number*")]
    [InlineData("length", "1e3", "*length*not a whole number*")]
    [InlineData("length", "23", "*'w'*23 bytes*need 24*")]
    [InlineData("length", "25", "*'w'*25 bytes*need 24*")]
    [InlineData("basepath", "/etc", "*'w'*unknown key 'basepath'*")]
    [InlineData("prepacked_for_x", "1", "*'w'*unknown key 'prepacked_for_x'*")]
    [InlineData("", "1", "*'w'*unknown key ''*")]
    [InlineData("location", "v", "*'w'*location*twice*")]
    public void Refuses_external_data_that_is_not_understood(string key, string value, string message)
    {
        byte[] model = ModelForge.WithInitializer(ModelForge.External("w", ModelForge.Float, [2, 3], ("location", "w.bin"), (key, value)));

        Refused(model).WithMessage(message);
    }

    [Theory]
    [InlineData("offset")]
    [InlineData("length")]
    [InlineData("checksum")]
    public void Refuses_a_key_of_external_data_that_is_given_twice(string key)
    {
        byte[] model = ModelForge.WithInitializer(
            ModelForge.External("w", ModelForge.Float, [2, 3], ("location", "w.bin"), (key, "24"), (key, "24")));

        Refused(model).WithMessage($"*'w'*{key}*twice*");
    }

    [Fact]
    public void Refuses_external_data_without_a_location()
    {
        Refused(ModelForge.WithInitializer(ModelForge.External("w", ModelForge.Float, [1]))).WithMessage("*'w'*no location*");
        Refused(ModelForge.WithInitializer(ModelForge.External("w", ModelForge.Float, [1], ("location", ""))))
            .WithMessage("*'w'*in '', which is empty*");
    }

    [Theory]
    [InlineData("../w.bin")]
    [InlineData("/etc/passwd")]
    [InlineData(@"C:\w.bin")]
    [InlineData("*/_ORT_MEM_ADDR_/*")]
    public void Refuses_external_data_that_is_not_beside_the_model(string location)
    {
        byte[] model = ModelForge.WithInitializer(ModelForge.External("w", ModelForge.Float, [1], ("location", location)));

        Refused(model).Which.Message.Should().Contain("'w'").And.Contain($"'{location}'");
    }

    [Theory]
    [InlineData(OnnxElementType.String, "*'w'*strings*")]
    [InlineData(0, "*'w'*element type 0*not known*")]
    [InlineData(27, "*'w'*element type 27*not known*")]
    public void Refuses_external_elements_without_a_size(int type, string message) =>
        Refused(ModelForge.WithInitializer(ModelForge.External("w", type, [1], ("location", "w")))).WithMessage(message);

    [Fact]
    public void Refuses_dimensions_that_no_tensor_has()
    {
        Refused(ModelForge.WithInitializer(ModelForge.External("w", ModelForge.Float, [2, -1], ("location", "w"))))
            .WithMessage("*'w'*negative dimension*");
        Refused(ModelForge.WithInitializer(ModelForge.External("w", ModelForge.Float, [1L << 32, 1L << 32], ("location", "w"))))
            .WithMessage("*'w'*product*");
        Refused(ModelForge.WithInitializer(ModelForge.External("w", ModelForge.Float, [1L << 61], ("location", "w"))))
            .WithMessage("*'w'*product*");
    }

    [Fact]
    public void Refuses_values_in_both_places()
    {
        Action<ProtobufWriter> external = ModelForge.External("w", ModelForge.Float, [1], ("location", "w"));

        Refused(ModelForge.WithInitializer(tensor => With(tensor, external, t => t.Bytes(9, [1, 2, 3, 4])))).WithMessage("*'w'*model too*");
        Refused(ModelForge.WithInitializer(tensor => With(tensor, external, t => t.Bytes(4, [1, 2, 3, 4])))).WithMessage("*'w'*model too*");
        OnnxModelScanner.Scan(ModelForge.WithInitializer(tensor => With(tensor, external, t => t.Bytes(9, []))))
            .ExternalTensors.Should().ContainSingle("nothing is no value");
    }

    [Theory]
    [InlineData(2)]
    [InlineData((1L << 32) + 1)] // 1 to a parser that keeps 32 bits
    [InlineData(-1)]
    public void Refuses_a_data_location_that_parsers_understand_differently(long location)
    {
        byte[] model = ModelForge.WithInitializer(tensor => tensor.Integer(14, location));

        Refused(model);
    }

    [Fact]
    public void Refuses_what_may_be_given_once_and_is_given_twice()
    {
        Action<ProtobufWriter> external = ModelForge.External("w", ModelForge.Float, [1], ("location", "w"));
        Refused(ModelForge.Model(_ => { }, model => model.Message(7, _ => { }))).WithMessage("The graph of the model is given twice*");
        Refused(ModelForge.Model(_ => { }, model => model.Integer(1, 9))).WithMessage("*twice*");
        Refused(ModelForge.WithInitializer(tensor => With(tensor, external, t => t.Integer(14, 0)))).WithMessage("*data location*twice*");
        Refused(ModelForge.WithInitializer(tensor => With(tensor, external, t => t.Integer(2, 7)))).WithMessage("*element type*twice*");
        Refused(ModelForge.WithInitializer(tensor => With(tensor, external, t => t.Text(8, "v")))).WithMessage("*name*twice*");
        Refused(ModelForge.Model(graph => graph.Message(1, node => With(node, ModelForge.Node("EPContext", "n"), n => n.Text(4, "Add")))))
            .WithMessage("*operator*twice*");
        Refused(ModelForge.Model(graph => graph.Message(1, ModelForge.Node("If", "n", attribute =>
        {
            attribute.Message(6, _ => { });
            attribute.Message(6, _ => { });
        })))).WithMessage("*graph of an attribute*twice*");
        Refused(ModelForge.WithInitializer(tensor => With(tensor, external, t => t.Message(13, entry =>
        {
            entry.Text(1, "checksum");
            entry.Text(1, "offset");
        })))).WithMessage("*key*twice*");
    }

    [Fact]
    public void Refuses_two_initializers_of_one_name_and_one_without_a_name()
    {
        Action<ProtobufWriter> external = ModelForge.External("w", ModelForge.Float, [1], ("location", "w"));

        Refused(ModelForge.Model(graph => With(graph, g => g.Message(5, external), g => g.Message(5, external)))).WithMessage("Two*'w'*");
        Refused(ModelForge.WithInitializer(ModelForge.External("", ModelForge.Float, [1], ("location", "w")))).WithMessage("*no name*");
    }

    [Fact]
    public void Refuses_another_wire_type_where_a_message_is_expected()
    {
        Refused(ModelForge.Message(model => model.Integer(7, 1))).WithMessage("*LengthDelimited was expected*");
        Refused(ModelForge.WithInitializer(tensor => tensor.Text(14, "x"))).WithMessage("*Varint was expected*");
    }

    [Fact]
    public void Refuses_a_model_without_a_graph()
    {
        Refused([]).WithMessage("*no graph*");
        Refused(ModelForge.Message(model => model.Integer(1, 8))).WithMessage("*no graph*");
    }

    [Fact]
    public void Refuses_bytes_that_onnx_runtime_would_not_take_for_onnx()
    {
        // Valid ONNX: the name of the producer starts with the marker of the other format.
        byte[] model = new OnnxGraph("x").Producer("ORTM", "1").ToArray();
        Encoding.ASCII.GetString(model, 4, 4).Should().Be("ORTM");

        Refused(model).WithMessage("*ONNX Runtime's own format*");
    }

    [Fact]
    public void Refuses_graphs_that_nest_too_deep()
    {
        Action<ProtobufWriter> Nest(int levels) => graph =>
        {
            if (levels > 0)
            {
                graph.Message(1, ModelForge.Node("If", "n", attribute => attribute.Message(6, Nest(levels - 1))));
            }
        };

        OnnxModelScanner.Scan(ModelForge.Model(Nest(21))).Should().NotBeNull();
        Refused(ModelForge.Model(Nest(22))).WithMessage("*deeper than 64*");
    }

    [Fact]
    public void Refuses_more_operator_sets_than_any_model_has()
    {
        byte[] model = ModelForge.Model(_ => { }, model =>
        {
            for (int i = 0; i < 300; i++)
            {
                model.Message(8, _ => { });
            }
        });

        Refused(model).WithMessage("*256 operator sets*");
    }

    [Fact]
    public void Puts_nothing_unprintable_or_endless_into_a_message()
    {
        byte[] model = ModelForge.WithInitializer(ModelForge.External("a\r\nb" + new string('x', 10_000), 8, [1], ("location", "w")));

        Refused(model).Which.Message.Should().NotContain("\n").And.NotContain("\r").And.Contain("a\uFFFD\uFFFDb")
            .And.Subject.Length.Should().BeLessThan(400);
    }

    private static FluentAssertions.Specialized.ExceptionAssertions<OnnxFormatException> Refused(byte[] model)
    {
        Action scan = () => OnnxModelScanner.Scan(model);
        return scan.Should().Throw<OnnxFormatException>();
    }

    private static void With(ProtobufWriter writer, Action<ProtobufWriter> first, Action<ProtobufWriter> second)
    {
        first(writer);
        second(writer);
    }
}
