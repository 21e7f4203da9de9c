using System.Globalization;

namespace Oml.Sdk.Sealing.Onnx;

/// <summary>Reads what a tensor says about the place of its values: pairs of a key and a text.</summary>
internal ref struct ExternalDataEntries
{
    private const int MaxDigits = 19;

    private bool _hasChecksum;

    public ByteRange? Location { get; private set; }

    public long? Offset { get; private set; }

    public long? Length { get; private set; }

    public static ExternalDataEntries Read(in TensorHeader tensor)
    {
        ExternalDataEntries entries = default;
        ProtobufReader reader = tensor.Start;
        while (reader.Next())
        {
            if (reader.Field == OnnxFields.TensorExternalData)
            {
                entries.ReadEntry(reader.Message(), in tensor);
            }
            else
            {
                reader.Skip();
            }
        }

        return entries;
    }

    private void ReadEntry(ProtobufReader reader, in TensorHeader tensor)
    {
        ByteRange key = default, value = default;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case OnnxFields.EntryKey:
                    reader.Once("The key of an entry");
                    key = reader.Bytes();
                    break;
                case OnnxFields.EntryValue:
                    reader.Once("The value of an entry");
                    value = reader.Bytes();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        ReadOnlySpan<byte> name = reader.Slice(key);
        if (name.SequenceEqual("location"u8))
        {
            Require(Location is null, "location", in tensor);
            Location = value;
        }
        else if (name.SequenceEqual("offset"u8))
        {
            Require(Offset is null, "offset", in tensor);
            Offset = Number(reader.Slice(value), "offset", in tensor);
        }
        else if (name.SequenceEqual("length"u8))
        {
            Require(Length is null, "length", in tensor);
            Length = Number(reader.Slice(value), "length", in tensor);
        }
        else if (name.SequenceEqual("checksum"u8))
        {
            // It is of the whole file and by SHA-1: whoever seals checks the bytes in a better way.
            Require(!_hasChecksum, "checksum", in tensor);
            _hasChecksum = true;
        }
        else
        {
            throw tensor.Fault($"has the unknown key {OnnxText.Quote(reader.TextAt(key))} in its external data");
        }
    }

    private static void Require(bool first, string key, in TensorHeader tensor)
    {
        if (!first)
        {
            throw tensor.Fault($"gives the {key} of its external data twice");
        }
    }

    private static long Number(ReadOnlySpan<byte> digits, string key, in TensorHeader tensor) =>
        digits.Length <= MaxDigits && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw tensor.Fault($"has external data whose {key} is not a whole number from 0 to 2^63 - 1");
}
