using Microsoft.ML.Tokenizers;
using Oml.Sdk.Generation.Tokenizers;

namespace Oml.Sdk.Generation;

/// <summary>Makes tokenizers.</summary>
public static class TextTokenizer
{
    /// <summary>The largest file that is read: 64 MiB.</summary>
    public const int MaxFileSize = 64 << 20;

    /// <summary>Reads the <c>tokenizer.json</c> that comes with a model: byte-level BPE, as GPT-2 and its many descendants have it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="endOfText">
    /// The text of the token that the model ends a text with, e.g. <c>&lt;|endoftext|&gt;</c>; null for none. A <c>tokenizer_config.json</c>
    /// beside the file names it (<c>eos_token</c>).
    /// </param>
    /// <returns>The tokenizer, for any number of threads.</returns>
    /// <remarks>
    /// The format is that of the tokenizers library. What it can say and this reader does not do is refused, not left out: other models
    /// than BPE, normalizers, templates that add tokens, other splits than GPT-2's, added tokens that take in spaces. Make those with
    /// Microsoft.ML.Tokenizers and <see cref="From"/>. Where it says how the library cuts or pads texts, that is left to the caller.
    /// </remarks>
    /// <exception cref="InvalidDataException">The file is damaged or too large, or of a kind that is not read; the message says what.</exception>
    /// <exception cref="ArgumentException">The vocabulary has no token <paramref name="endOfText"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ITextTokenizer FromFile(string path, string? endOfText = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileStream file = File.OpenRead(path);
        return TokenizerJson.Read(file, path, endOfText);
    }

    /// <summary>Reads the same from bytes, as <see cref="OmlSession.ReadFileAsync"/> gives those that were sealed with a model.</summary>
    /// <param name="json">The content of a <c>tokenizer.json</c>.</param>
    /// <param name="endOfText">The text of the token that the model ends a text with; null for none.</param>
    /// <returns>The tokenizer, for any number of threads.</returns>
    /// <exception cref="InvalidDataException">It is damaged or too large, or of a kind that is not read; the message says what.</exception>
    /// <exception cref="ArgumentException">The vocabulary has no token <paramref name="endOfText"/>.</exception>
    public static ITextTokenizer FromBytes(byte[] json, string? endOfText = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        using MemoryStream content = new(json, writable: false);
        return TokenizerJson.Read(content, "tokenizer.json", endOfText);
    }

    /// <summary>Uses a tokenizer of Microsoft.ML.Tokenizers.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="endOfText">The token that the model ends a text with, or null.</param>
    /// <returns>The tokenizer, for as many threads as the given one.</returns>
    public static ITextTokenizer From(Tokenizer tokenizer, int? endOfText = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return new LibraryTokenizer(tokenizer, endOfText);
    }
}
