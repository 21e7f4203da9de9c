using System.Runtime.InteropServices;

namespace Oml.Sdk.Generation.Streaming;

/// <summary>Turns tokens into text one by one. Not thread-safe.</summary>
/// <remarks>
/// What a token decodes to may depend on the one before it (a space, the rest of a character). So the last tokens are decoded with and
/// without the new one, and the difference is its text, once it does not end in the middle of a character.
/// </remarks>
internal sealed class TextDecoder(ITextTokenizer tokenizer)
{
    // A character has at most four bytes, each a token at worst: what is longer is no character.
    private const int LongestCharacter = 4;
    private const char Incomplete = '\uFFFD';

    private readonly List<int> _tokens = [];
    private int _start;
    private int _read;

    /// <summary>Takes a token and gives the text that is complete now, which may be empty.</summary>
    public string Add(int token)
    {
        _tokens.Add(token);
        string text = Pending();
        if (text.EndsWith(Incomplete))
        {
            return _tokens.Count - _read > LongestCharacter ? Flush() : "";
        }

        if (text.Length != 0)
        {
            (_start, _read) = (_read, _tokens.Count);
        }

        return text;
    }

    /// <summary>Gives what is left, complete or not. What follows is decoded apart from it.</summary>
    public string Flush()
    {
        string text = Pending();
        _start = _read = _tokens.Count;
        return text;
    }

    private string Pending()
    {
        ReadOnlySpan<int> tokens = CollectionsMarshal.AsSpan(_tokens);
        string before = _start == _read ? "" : tokenizer.Decode(tokens[_start.._read]);
        string all = tokenizer.Decode(tokens[_start..]);
        return all.Length > before.Length ? all[before.Length..] : "";
    }
}
