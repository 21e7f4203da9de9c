using System.Runtime.InteropServices;

namespace Oml.Sdk.OnnxRuntime.Tests.Support;

/// <summary>Reads the float tensors of ONNX test data sets: TensorProto with dims (field 1), float_data (4) and raw_data (9).</summary>
internal static class TensorProto
{
    public static (long[] Shape, float[] Data) ReadFloats(string path)
    {
        ReadOnlySpan<byte> rest = File.ReadAllBytes(path);
        List<long> shape = [];
        float[] data = [];
        while (!rest.IsEmpty)
        {
            ulong tag = ReadVarint(ref rest);
            if ((tag & 7) == 0)
            {
                ulong value = ReadVarint(ref rest);
                if (tag >> 3 == 1)
                {
                    shape.Add((long)value);
                }
            }
            else
            {
                int length = (int)ReadVarint(ref rest);
                ReadOnlySpan<byte> content = rest[..length];
                rest = rest[length..];
                if (tag >> 3 is 4 or 9)
                {
                    data = MemoryMarshal.Cast<byte, float>(content).ToArray();
                }
                else if (tag >> 3 == 1)
                {
                    while (!content.IsEmpty)
                    {
                        shape.Add((long)ReadVarint(ref content));
                    }
                }
            }
        }

        return ([.. shape], data);
    }

    private static ulong ReadVarint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
