using System.Text;

namespace Oml.Sdk.Generation.Tests.Support;

/// <summary>A token for each byte of UTF-8 below 256, and one that ends texts.</summary>
internal sealed class LetterTokenizer(int vocabulary = 256, int? endOfText = null) : ITextTokenizer
{
    public int? EndOfText => endOfText;

    public IReadOnlyList<int> Encode(string text) => [.. Encoding.UTF8.GetBytes(text).Select(value => value % vocabulary)];

    public string Decode(ReadOnlySpan<int> tokens)
    {
        List<byte> bytes = [];
        foreach (int token in tokens)
        {
            if (token < 256 && token != endOfText)
            {
                bytes.Add((byte)token);
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
