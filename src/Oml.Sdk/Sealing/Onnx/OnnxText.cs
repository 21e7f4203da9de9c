namespace Oml.Sdk.Sealing.Onnx;

/// <summary>Puts text that a stranger wrote into an error message.</summary>
internal static class OnnxText
{
    private const int MaxShown = 200;

    /// <summary>The text in quotes, cut when it is long, and on one line whatever it holds.</summary>
    public static string Quote(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> shown = text.Length > MaxShown ? text[..MaxShown] : text;
        Span<char> clean = stackalloc char[MaxShown];
        for (int i = 0; i < shown.Length; i++)
        {
            clean[i] = char.IsControl(shown[i]) ? '\uFFFD' : shown[i];
        }

        return $"'{clean[..shown.Length]}{(text.Length > MaxShown ? "…" : string.Empty)}'";
    }
}
