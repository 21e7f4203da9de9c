using System.Text;

namespace Oml.Sdk.Generation.Tokenizers;

/// <summary>
/// The 256 characters that stand for bytes in the vocabularies of GPT-2 and its descendants: the visible ones of Latin-1 for themselves,
/// the others, in order, from U+0100 on.
/// </summary>
internal static class ByteAlphabet
{
    private const int FirstSubstitute = 256;
    private static readonly short[] Bytes = CreateBytes();

    /// <summary>The bytes of an entry of a vocabulary; its UTF-8 if a character of it stands for no byte, as in tokens that were added.</summary>
    public static byte[] Read(string entry)
    {
        byte[] bytes = new byte[entry.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            short value = entry[i] < Bytes.Length ? Bytes[entry[i]] : (short)-1;
            if (value < 0)
            {
                return Encoding.UTF8.GetBytes(entry);
            }

            bytes[i] = (byte)value;
        }

        return bytes;
    }

    private static short[] CreateBytes()
    {
        List<short> substitutes = [];
        short[] bytes = new short[FirstSubstitute];
        Array.Fill(bytes, (short)-1);
        for (short value = 0; value < FirstSubstitute; value++)
        {
            if (value is (>= 0x21 and <= 0x7E) or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF))
            {
                bytes[value] = value;
            }
            else
            {
                substitutes.Add(value);
            }
        }

        return [.. bytes, .. substitutes];
    }
}
