using System.Text;

namespace QuickStart.Digits;

/// <summary>
/// Shows a picture of <see cref="DigitRenderer"/> as 14 lines of 28 characters; a character stands for two pixels, one above the other.
/// </summary>
internal static class DigitPicture
{
    // Blank, upper, lower and both halves; and shades from light to dark.
    private const string Halves = " ▀▄█";
    private const string Shades = " .:-=+*#%@";

    /// <summary>Prints a picture: with half blocks where the writer's encoding has them, else with letters of ASCII.</summary>
    /// <param name="picture">What the renderer drew.</param>
    /// <param name="writer">Where to; <c>null</c> for the console.</param>
    public static void Print(ReadOnlySpan<float> picture, TextWriter? writer = null)
    {
        writer ??= Console.Out;

        // By name, because the console wraps its encoding in a type of its own.
        writer.Write(ToText(picture, unicode: writer.Encoding.WebName.StartsWith("utf-", StringComparison.Ordinal)));
    }

    /// <summary>The lines of the picture, each with a line feed at its end.</summary>
    /// <param name="picture">What the renderer drew.</param>
    /// <param name="unicode">Whether half blocks may be used.</param>
    public static string ToText(ReadOnlySpan<float> picture, bool unicode)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(picture.Length, DigitRenderer.Pixels);
        StringBuilder text = new();
        float threshold = Darkest(picture) / 2;
        for (int row = 0; row < DigitRenderer.Size; row += 2)
        {
            ReadOnlySpan<float> upper = picture.Slice(row * DigitRenderer.Size, DigitRenderer.Size);
            ReadOnlySpan<float> lower = picture.Slice((row + 1) * DigitRenderer.Size, DigitRenderer.Size);
            for (int column = 0; column < DigitRenderer.Size; column++)
            {
                text.Append(unicode
                    ? Half(upper[column] > threshold, lower[column] > threshold)
                    : Shade((upper[column] + lower[column]) / 2));
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    // A half block is black or not; what counts as black follows the ink, which may be faint.
    private static float Darkest(ReadOnlySpan<float> picture)
    {
        float darkest = 0;
        foreach (float pixel in picture)
        {
            darkest = Math.Max(darkest, pixel);
        }

        return darkest;
    }

    private static char Half(bool upper, bool lower) => Halves[(upper ? 1 : 0) + (lower ? 2 : 0)];

    private static char Shade(float darkness) => Shades[(int)Math.Clamp(darkness * Shades.Length, 0, Shades.Length - 1)];
}
