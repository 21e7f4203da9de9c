using Oml.Sdk.Sealing.Onnx;

namespace Oml.Sdk.Tests.Sealing.Onnx;

public sealed class OnnxElementTypeTests
{
    [Theory]
    [InlineData(1, 12)] // float
    [InlineData(2, 3)] // uint8
    [InlineData(3, 3)] // int8
    [InlineData(4, 6)] // uint16
    [InlineData(5, 6)] // int16
    [InlineData(6, 12)] // int32
    [InlineData(7, 24)] // int64
    [InlineData(9, 3)] // bool
    [InlineData(10, 6)] // float16
    [InlineData(11, 24)] // double
    [InlineData(12, 12)] // uint32
    [InlineData(13, 24)] // uint64
    [InlineData(14, 24)] // complex64
    [InlineData(15, 48)] // complex128
    [InlineData(16, 6)] // bfloat16
    [InlineData(17, 3)] // float8e4m3fn
    [InlineData(18, 3)] // float8e4m3fnuz
    [InlineData(19, 3)] // float8e5m2
    [InlineData(20, 3)] // float8e5m2fnuz
    [InlineData(21, 2)] // uint4
    [InlineData(22, 2)] // int4
    [InlineData(23, 2)] // float4e2m1
    [InlineData(24, 3)] // float8e8m0
    [InlineData(25, 1)] // uint2
    [InlineData(26, 1)] // int2
    public void Three_elements_take_as_many_bytes_as_their_type_says(int type, long expected) =>
        OnnxElementType.ByteLength(type, [3]).Should().Be(expected);

    [Theory]
    [InlineData(0)] // undefined
    [InlineData(OnnxElementType.String)]
    [InlineData(27)]
    [InlineData(-1)]
    public void Has_no_size_for_strings_and_unknown_types(int type) => OnnxElementType.Bits(type).Should().Be(0);

    [Fact]
    public void Multiplies_dimensions_without_overflow()
    {
        OnnxElementType.ByteLength(1, []).Should().Be(4, "a scalar has one element");
        OnnxElementType.ByteLength(1, [2, 0, 5]).Should().Be(0);
        OnnxElementType.ByteLength(1, [long.MaxValue, long.MaxValue, 0]).Should().Be(0);
        OnnxElementType.ByteLength(1, [1L << 60]).Should().Be(1L << 62);
        OnnxElementType.ByteLength(1, [1L << 61]).Should().BeNull();
        OnnxElementType.ByteLength(2, [1L << 32, 1L << 32]).Should().BeNull();
        OnnxElementType.ByteLength(22, [long.MaxValue]).Should().Be(1L << 62);
    }
}
