using System.Buffers;
using System.Globalization;

namespace Oml.Sdk.Sealing.Onnx;

/// <summary>Turns the edit of one tensor into splices: the fields that say where its values are, and nothing else.</summary>
internal static class TensorSplicer
{
    /// <summary>Adds the splices of an edit, in the order of the bytes.</summary>
    /// <param name="reader">A reader at the start of the tensor's message.</param>
    /// <param name="edit">The edit.</param>
    /// <param name="splices">Where they go.</param>
    /// <returns>By how much the message grows.</returns>
    public static long Add(ProtobufReader reader, TensorEdit edit, List<Splice> splices)
    {
        long growth = 0;
        while (reader.Next())
        {
            bool replaced = reader.Field is OnnxFields.TensorRawData or OnnxFields.TensorExternalData or OnnxFields.TensorDataLocation
                || (edit.Data is not null && IsTypedList(reader.Field));
            reader.Skip();
            if (replaced)
            {
                int length = reader.Position - reader.FieldStart;
                splices.Add(new Splice(reader.FieldStart, length, ReadOnlyMemory<byte>.Empty));
                growth -= length;
            }
        }

        ArrayBufferWriter<byte> fields = new();
        if (edit.Data is { } data)
        {
            ProtobufFields.WriteLength(fields, OnnxFields.TensorRawData, data.Length);
            splices.Add(new Splice(reader.Position, 0, fields.WrittenMemory));
            splices.Add(new Splice(reader.Position, 0, data));
            return growth + fields.WrittenCount + data.Length;
        }

        WriteEntry(fields, "location", edit.Location);
        WriteEntry(fields, "offset", edit.Offset.ToString(CultureInfo.InvariantCulture));
        WriteEntry(fields, "length", edit.Length.ToString(CultureInfo.InvariantCulture));
        ProtobufFields.WriteInteger(fields, OnnxFields.TensorDataLocation, OnnxFields.DataLocationExternal);
        splices.Add(new Splice(reader.Position, 0, fields.WrittenMemory));
        return growth + fields.WrittenCount;
    }

    private static bool IsTypedList(int field) => field is OnnxFields.TensorFloatData or OnnxFields.TensorInt32Data or OnnxFields.TensorStringData
        or OnnxFields.TensorInt64Data or OnnxFields.TensorDoubleData or OnnxFields.TensorUInt64Data;

    private static void WriteEntry(ArrayBufferWriter<byte> fields, string key, string value)
    {
        ArrayBufferWriter<byte> entry = new();
        ProtobufFields.WriteText(entry, OnnxFields.EntryKey, key);
        ProtobufFields.WriteText(entry, OnnxFields.EntryValue, value);
        ProtobufFields.WriteBytes(fields, OnnxFields.TensorExternalData, entry.WrittenSpan);
    }
}
