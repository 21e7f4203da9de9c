using System.Buffers;
using System.Text;
using Microsoft.ML.Tokenizers;

namespace Oml.Sdk.Generation.Tokenizers;

/// <summary>Byte-level BPE: encodes with the library, and decodes itself, as any tokens must, also those that are no text.</summary>
internal sealed class ByteLevelTokenizer(BpeTokenizer tokenizer, byte[]?[] bytes, int? endOfText) : ITextTokenizer
{
    public int? EndOfText => endOfText;

    public IReadOnlyList<int> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length == 0 ? [] : tokenizer.EncodeToIds(text);
    }

    public string Decode(ReadOnlySpan<int> tokens)
    {
        ArrayBufferWriter<byte> text = new();
        foreach (int token in tokens)
        {
            if ((uint)token < (uint)bytes.Length)
            {
                text.Write(bytes[token]);
            }
        }

        return Encoding.UTF8.GetString(text.WrittenSpan);
    }
}
