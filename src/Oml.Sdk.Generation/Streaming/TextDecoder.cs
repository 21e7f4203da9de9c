using System.Runtime.InteropServices;

namespace Oml.Sdk.Generation.Streaming;

/// <summary>Turns tokens into text one by one. Not thread-safe.</summary>
/// <remarks>
/// What a token decodes to may depend on the one before it (a space, the rest of a character). So the last tokens are decoded together, and what
/// was not given yet is given up to the character that is incomplete at the end, if there is one.
/// </remarks>
internal sealed class TextDecoder(ITextTokenizer tokenizer)
{
    // A character has at most four bytes, each a token at worst: what is longer is no character.
    private const int LongestCharacter = 4;

    // Where every token ends within a character, so many are decoded together at most; of half of them some character is whole.
    private const int MostTogether = 32;
    private const char Incomplete = '\uFFFD';

    private readonly List<int> _tokens = [];
    private int _start;
    private int _read;
    private int _given;
    private int _open;

    /// <summary>Takes a token and gives the text that is complete now, which may be empty.</summary>
    public string Add(int token)
    {
        _tokens.Add(token);
        string text = Decode();
        int complete = Complete(text);
        if (complete <= _given)
        {
            // Nothing new is whole: a token without text, or one more that does not end a character.
            _open += complete < text.Length ? 1 : 0;
            return _open > LongestCharacter ? Flush() : "";
        }

        string added = text[_given..complete];
        _open = complete < text.Length ? 1 : 0;
        _given = complete;
        if (_open == 0)
        {
            (_start, _read) = (_read, _tokens.Count);
            _given = Decode().Length;
        }
        else if (_tokens.Count - _start > MostTogether)
        {
            _start = _read = _tokens.Count - (MostTogether / 2);
            _given = Complete(Decode());
        }

        return added;
    }

    /// <summary>Gives what is left, complete or not. What follows is decoded apart from it.</summary>
    public string Flush()
    {
        string text = Decode();
        string left = text.Length > _given ? text[_given..] : "";
        _start = _read = _tokens.Count;
        (_given, _open) = (0, 0);
        return left;
    }

    private static int Complete(string text) => text.AsSpan().TrimEnd(Incomplete).Length;

    private string Decode() => tokenizer.Decode(CollectionsMarshal.AsSpan(_tokens)[_start..]);
}
