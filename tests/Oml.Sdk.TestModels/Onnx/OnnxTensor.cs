using System.Globalization;
using System.Runtime.InteropServices;

namespace Oml.Sdk.TestModels;

/// <summary>A constant: element type, dimensions and the elements in row-major order.</summary>
public sealed class OnnxTensor
{
    private readonly long[] _dimensions;
    private readonly byte[] _data;
    private readonly string[]? _texts;
    private readonly (string Location, long Offset, long Length)? _external;

    private OnnxTensor(
        OnnxType type, long[] dimensions, byte[] data, string[]? texts, (string Location, long Offset, long Length)? external = null)
    {
        _external = external;
        Type = type;
        _dimensions = dimensions;
        _data = data;
        _texts = texts;
    }

    /// <summary>The type of the elements.</summary>
    public OnnxType Type { get; }

    /// <summary>A tensor of numbers or truth values; no dimensions make a scalar.</summary>
    /// <exception cref="ArgumentException">The number of elements is not the product of the dimensions.</exception>
    public static OnnxTensor Of<T>(ReadOnlySpan<T> elements, params long[] dimensions)
        where T : unmanaged
    {
        CheckCount(elements.Length, dimensions);
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Raw tensor data is little-endian, and this writer copies memory as it stands.");
        }

        return new OnnxTensor(TypeOf(typeof(T)), dimensions, MemoryMarshal.AsBytes(elements).ToArray(), null);
    }

    /// <summary>A tensor of strings.</summary>
    /// <exception cref="ArgumentException">The number of elements is not the product of the dimensions.</exception>
    public static OnnxTensor OfStrings(ReadOnlySpan<string> elements, params long[] dimensions)
    {
        CheckCount(elements.Length, dimensions);
        return new OnnxTensor(OnnxType.String, dimensions, [], elements.ToArray());
    }

    /// <summary>A tensor whose elements are in another file.</summary>
    /// <param name="type">The type of the elements.</param>
    /// <param name="location">The file, relative to the folder of the model.</param>
    /// <param name="offset">Where in the file they start.</param>
    /// <param name="length">How many bytes they take.</param>
    /// <param name="dimensions">Its dimensions.</param>
    public static OnnxTensor External(OnnxType type, string location, long offset, long length, params long[] dimensions) =>
        new(type, dimensions, [], null, (location, offset, length));

    internal void Write(ProtobufWriter writer, string? name)
    {
        writer.PackedIntegers(1, _dimensions);
        writer.Integer(2, (int)Type);
        if (name is not null)
        {
            writer.Text(8, name);
        }

        if (_external is { } file)
        {
            WriteEntry(writer, "location", file.Location);
            WriteEntry(writer, "offset", file.Offset.ToString(CultureInfo.InvariantCulture));
            WriteEntry(writer, "length", file.Length.ToString(CultureInfo.InvariantCulture));
            writer.Integer(14, 1);
            return;
        }

        if (_texts is null)
        {
            writer.Bytes(9, _data);
            return;
        }

        // Strings have no raw form.
        foreach (string text in _texts)
        {
            writer.Text(6, text);
        }
    }

    private static void WriteEntry(ProtobufWriter writer, string key, string value) => writer.Message(13, entry =>
    {
        entry.Text(1, key);
        entry.Text(2, value);
    });

    private static void CheckCount(int count, long[] dimensions)
    {
        long expected = 1;
        foreach (long dimension in dimensions)
        {
            expected *= dimension;
        }

        if (count != expected)
        {
            throw new ArgumentException($"The dimensions [{string.Join(", ", dimensions)}] hold {expected} elements; got {count}.");
        }
    }

    private static OnnxType TypeOf(Type type) => type == typeof(Half) ? OnnxType.Float16 : System.Type.GetTypeCode(type) switch
    {
        TypeCode.Single => OnnxType.Float,
        TypeCode.Double => OnnxType.Double,
        TypeCode.SByte => OnnxType.Int8,
        TypeCode.Byte => OnnxType.UInt8,
        TypeCode.Int16 => OnnxType.Int16,
        TypeCode.UInt16 => OnnxType.UInt16,
        TypeCode.Int32 => OnnxType.Int32,
        TypeCode.UInt32 => OnnxType.UInt32,
        TypeCode.Int64 => OnnxType.Int64,
        TypeCode.UInt64 => OnnxType.UInt64,
        TypeCode.Boolean => OnnxType.Bool,
        _ => throw new NotSupportedException($"{type} is not an element type of ONNX that this writer knows."),
    };
}
