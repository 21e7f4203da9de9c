using Oml.Sdk.Sealing.Onnx;

namespace Oml.Sdk.Tests.Sealing.Onnx;

public sealed class ProtobufReaderTests
{
    [Fact]
    public void Reads_each_wire_type_and_says_where_each_field_lies()
    {
        // Field 1: 300. Field 2: 8 bytes. Field 3: "ab". Field 4: 4 bytes.
        byte[] bytes = Convert.FromHexString("08AC02" + "11" + "0102030405060708" + "1A026162" + "25" + "01020304");
        ProtobufReader reader = new(bytes);

        reader.Next().Should().BeTrue();
        (reader.Field, reader.WireType, reader.FieldStart, reader.ValueStart).Should().Be((1, ProtobufWireType.Varint, 0, 1));
        reader.Varint().Should().Be(300);
        reader.Next().Should().BeTrue();
        reader.Skip();
        reader.Next().Should().BeTrue();
        reader.FieldStart.Should().Be(12);
        reader.Bytes().Should().Be(new ByteRange(14, 2));
        reader.TextAt(new ByteRange(14, 2)).Should().Be("ab");
        reader.Next().Should().BeTrue();
        reader.Skip();
        reader.Position.Should().Be(bytes.Length);
        reader.Next().Should().BeFalse();
    }

    [Theory]
    [InlineData("08FFFFFFFFFFFFFFFFFF01", ulong.MaxValue)]
    [InlineData("0880808080808080808001", 1ul << 63)]
    [InlineData("088000", 0ul)]
    public void Reads_integers_of_64_bits(string hex, ulong expected)
    {
        ProtobufReader reader = new(Convert.FromHexString(hex));

        reader.Next().Should().BeTrue();

        reader.Varint().Should().Be(expected);
    }

    [Theory]
    [InlineData("08", "An integer is cut off*", 1)]
    [InlineData("0880", "An integer is cut off*", 1)]
    [InlineData("80", "An integer is cut off*", 0)]
    [InlineData("088080808080808080808001", "*more than 64 bits*", 1)]
    [InlineData("0880808080808080808002", "*more than 64 bits*", 1)]
    [InlineData("808080808001", "*more than 32 bits*", 0)]
    [InlineData("F8FFFFFF7F", "*no field with the number*", 0)]
    [InlineData("00", "*no field with the number 0*", 0)]
    [InlineData("0B", "*wire type 3*", 0)]
    [InlineData("0C", "*wire type 4*", 0)]
    [InlineData("0E", "*wire type 6*", 0)]
    [InlineData("0F", "*wire type 7*", 0)]
    [InlineData("0A05AABB", "*5 bytes long, but only 2 are left*", 1)]
    [InlineData("0AFFFFFFFF07", "*2147483647 bytes long*", 1)]
    [InlineData("0AFFFFFFFFFFFFFFFFFF01", "*18446744073709551615 bytes long*", 1)]
    [InlineData("09010203", "*8 bytes long, but only 3 are left*", 1)]
    [InlineData("0D010203", "*4 bytes long, but only 3 are left*", 1)]
    [InlineData("080008", "An integer is cut off*", 3)]
    public void Refuses_what_breaks_the_wire_format_and_says_where(string hex, string message, int position)
    {
        byte[] bytes = Convert.FromHexString(hex);
        Action read = () =>
        {
            ProtobufReader reader = new(bytes);
            while (reader.Next())
            {
                reader.Skip();
            }
        };

        OnnxFormatException error = read.Should().Throw<OnnxFormatException>().WithMessage(message).Which;
        error.Message.Should().Contain($"At byte {position} of the model");
        error.Position.Should().Be(position);
    }

    [Fact]
    public void A_message_ends_where_its_field_ends()
    {
        // The length in the inner message fits the outer one, but not the inner.
        byte[] bytes = Convert.FromHexString("0A020A03AABBCC");
        Action read = () =>
        {
            ProtobufReader reader = new(bytes);
            reader.Next();
            ProtobufReader inner = reader.Message();
            inner.Next();
            inner.Skip();
        };

        read.Should().Throw<OnnxFormatException>().WithMessage("*3 bytes long, but only 0 are left*");
    }

    [Theory]
    [InlineData("0803")]
    [InlineData("0A03010203")]
    [InlineData("0A0201020803")]
    [InlineData("0A00")]
    public void Reads_repeated_integers_packed_or_not(string hex)
    {
        ProtobufReader reader = new(Convert.FromHexString(hex));
        long[] values = new long[4];
        int count = 0;
        while (reader.Next())
        {
            count += reader.Integers(values.AsSpan(count));
        }

        values[..count].Should().Equal(hex switch
        {
            "0803" => [3],
            "0A00" => [],
            _ => [1, 2, 3],
        });
    }

    [Fact]
    public void A_packed_integer_must_end_with_its_field()
    {
        Action read = () =>
        {
            ProtobufReader reader = new(Convert.FromHexString("0A01800800"));
            reader.Next();
            reader.Integers([]);
        };

        read.Should().Throw<OnnxFormatException>().WithMessage("*packed integer*");
    }

    [Fact]
    public void Refuses_another_wire_type_than_the_one_that_is_asked_for()
    {
        Action text = () =>
        {
            ProtobufReader reader = new(Convert.FromHexString("0801"));
            reader.Next();
            reader.Text();
        };
        Action number = () =>
        {
            ProtobufReader reader = new(Convert.FromHexString("0A0101"));
            reader.Next();
            reader.Varint();
        };

        text.Should().Throw<OnnxFormatException>().WithMessage("*Varint; LengthDelimited was expected*");
        number.Should().Throw<OnnxFormatException>().WithMessage("*LengthDelimited; Varint was expected*");
    }

    [Fact]
    public void Refuses_text_that_is_not_utf8()
    {
        Action read = () =>
        {
            ProtobufReader reader = new(Convert.FromHexString("0A02C080"));
            reader.Next();
            reader.Text();
        };

        read.Should().Throw<OnnxFormatException>().WithMessage("*not UTF-8*byte 2*");
    }
}
