using System.Text;
using Oml.Sdk.Generation;

namespace Oml.Sdk.AotChecks;

/// <summary>A token for each byte of UTF-8; those above have no text.</summary>
internal sealed class ByteTokenizer : ITextTokenizer
{
    public int? EndOfText => null;

    public IReadOnlyList<int> Encode(string text) => [.. Encoding.UTF8.GetBytes(text).Select(value => (int)value)];

    public string Decode(ReadOnlySpan<int> tokens) =>
        Encoding.UTF8.GetString([.. tokens.ToArray().Where(token => token < 256).Select(token => (byte)token)]);
}
