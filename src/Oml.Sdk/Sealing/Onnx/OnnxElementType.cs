namespace Oml.Sdk.Sealing.Onnx;

/// <summary>What is known of the element types of ONNX, by the number that the format gives them.</summary>
internal static class OnnxElementType
{
    public const int Float = 1;
    public const int String = 8;
    public const int Float16 = 10;
    public const int Double = 11;

    /// <summary>How many bits one element takes in raw data; 0 when it has no fixed size or the type is unknown.</summary>
    public static int Bits(int elementType) => elementType switch
    {
        25 or 26 => 2, // uint2, int2
        21 or 22 or 23 => 4, // uint4, int4, float4e2m1
        2 or 3 or 9 => 8, // uint8, int8, bool
        17 or 18 or 19 or 20 or 24 => 8, // float8e4m3fn, float8e4m3fnuz, float8e5m2, float8e5m2fnuz, float8e8m0
        4 or 5 or 10 or 16 => 16, // uint16, int16, float16, bfloat16
        1 or 6 or 12 => 32, // float, int32, uint32
        7 or 11 or 13 or 14 => 64, // int64, double, uint64, complex64
        15 => 128, // complex128
        _ => 0,
    };

    public static bool IsIntegerOrBool(int elementType) =>
        elementType is (>= 2 and <= 7) or 9 or 12 or 13 or 21 or 22 or 25 or 26;

    /// <summary>The bytes that a tensor's raw data takes, elements smaller than a byte packed; null when 64 bits do not hold it.</summary>
    /// <param name="elementType">A type of fixed size.</param>
    /// <param name="dims">Its dimensions, none of them negative.</param>
    public static long? ByteLength(int elementType, ReadOnlySpan<long> dims)
    {
        if (dims.Contains(0))
        {
            return 0;
        }

        Int128 elements = 1;
        foreach (long dim in dims)
        {
            elements *= dim;
            if (elements > long.MaxValue)
            {
                return null;
            }
        }

        Int128 bytes = ((elements * Bits(elementType)) + 7) / 8;
        return bytes <= long.MaxValue ? (long)bytes : null;
    }
}
