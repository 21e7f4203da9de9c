using System.Text.RegularExpressions;

namespace Oml.Sdk.Generation.Tokenizers;

/// <summary>Where GPT-2 splits a text before it is merged: contractions, words, numbers, signs, spaces.</summary>
internal static partial class SplitPattern
{
    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", RegexOptions.CultureInvariant)]
    public static partial Regex Gpt2();
}
