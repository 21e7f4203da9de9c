using System.Buffers.Binary;

namespace Oml.Sdk.Sealing.Onnx;

/// <summary>The raw form of the element types of ONNX that hold real numbers: half, single and double precision, little-endian.</summary>
internal static class OnnxFloats
{
    /// <summary>Whether it is one of the three.</summary>
    public static bool Has(int elementType) => elementType is OnnxElementType.Float or OnnxElementType.Float16 or OnnxElementType.Double;

    /// <summary>How many bytes an element takes.</summary>
    public static int Size(int elementType) => OnnxElementType.Bits(elementType) / 8;

    public static double Read(int elementType, ReadOnlySpan<byte> raw) => elementType switch
    {
        OnnxElementType.Float => BinaryPrimitives.ReadSingleLittleEndian(raw),
        OnnxElementType.Float16 => (double)BinaryPrimitives.ReadHalfLittleEndian(raw),
        _ => BinaryPrimitives.ReadDoubleLittleEndian(raw),
    };

    /// <summary>Writes the nearest number of the type.</summary>
    public static void Write(int elementType, Span<byte> raw, double value)
    {
        switch (elementType)
        {
            case OnnxElementType.Float:
                BinaryPrimitives.WriteSingleLittleEndian(raw, (float)value);
                break;
            case OnnxElementType.Float16:
                BinaryPrimitives.WriteHalfLittleEndian(raw, (Half)value);
                break;
            default:
                BinaryPrimitives.WriteDoubleLittleEndian(raw, value);
                break;
        }
    }
}
