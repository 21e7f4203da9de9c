using Oml.Sdk.TestModels;

namespace Oml.Sdk.OnnxRuntime.Tests.TestModels;

public sealed class ProtobufWriterTests
{
    // The first three are the examples of the protocol-buffer encoding guide.
    [Fact]
    public void Writes_integers_in_groups_of_seven_bits() => Written(w => w.Integer(1, 150)).Should().Be("089601");

    [Fact]
    public void Writes_text_with_its_length() => Written(w => w.Text(2, "testing")).Should().Be("120774657374696e67");

    [Fact]
    public void Writes_a_message_inside_a_message() => Written(w => w.Message(3, inner => inner.Integer(1, 150))).Should().Be("1a03089601");

    [Fact]
    public void Writes_repeated_integers_packed() => Written(w => w.PackedIntegers(6, [3, 270, 86942])).Should().Be("3206038e029ea705");

    [Fact]
    public void Writes_nothing_for_an_empty_list() => Written(w => w.PackedIntegers(6, [])).Should().BeEmpty();

    [Fact]
    public void Writes_a_negative_integer_in_ten_bytes() => Written(w => w.Integer(1, -1)).Should().Be("08ffffffffffffffffff01");

    [Fact]
    public void Writes_a_field_number_above_fifteen_in_two_bytes() => Written(w => w.Integer(20, 1)).Should().Be("a00101");

    [Fact]
    public void Writes_a_float_in_four_bytes() => Written(w => w.Float(2, 1f)).Should().Be("150000803f");

    private static string Written(Action<ProtobufWriter> write)
    {
        ProtobufWriter writer = new();
        write(writer);
        return Convert.ToHexStringLower(writer.Written);
    }
}
