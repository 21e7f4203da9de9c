using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Oml.Sdk.Permissions;

/// <summary>The rules for text in a claim: 1 byte to a limit of valid UTF-8 without control characters.</summary>
internal static class ClaimText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the bytes of a claim; nothing is allocated for text over the limit.</summary>
    public static bool TryRead(ReadOnlySpan<byte> utf8, int maxBytes, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (utf8.IsEmpty || utf8.Length > maxBytes || !System.Text.Unicode.Utf8.IsValid(utf8))
        {
            return false;
        }

        text = Strict.GetString(utf8);
        if (!HasControl(text))
        {
            return true;
        }

        text = null;
        return false;
    }

    /// <summary>Checks the text of a caller.</summary>
    /// <exception cref="ArgumentException">The text breaks a rule; the message says which.</exception>
    public static void Check([NotNull] string? text, int maxBytes, string what, string parameterName)
    {
        if (string.IsNullOrEmpty(text))
        {
            throw new ArgumentException($"{what} must not be empty.", parameterName);
        }

        int length;
        try
        {
            length = Strict.GetByteCount(text);
        }
        catch (EncoderFallbackException)
        {
            throw new ArgumentException($"{what} is not valid Unicode text: it has an unpaired surrogate.", parameterName);
        }

        if (length > maxBytes)
        {
            throw new ArgumentException($"{what} must be at most {maxBytes} bytes of UTF-8; it is {length}.", parameterName);
        }

        if (HasControl(text))
        {
            throw new ArgumentException($"{what} must not contain control characters.", parameterName);
        }
    }

    /// <summary>The UTF-8 bytes of text that was checked.</summary>
    public static byte[] GetBytes(string text) => Strict.GetBytes(text);

    private static bool HasControl(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (char.IsControl(c))
            {
                return true;
            }
        }

        return false;
    }
}
