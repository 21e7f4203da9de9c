using QuickStart.Digits;

namespace DigitTrainer;

/// <summary>Rendered digits with what they show; all ten in turn, so that each is as frequent as another.</summary>
internal static class DigitSet
{
    /// <summary>The first <paramref name="count"/> digits of a seed.</summary>
    public static IEnumerable<(float[] Picture, int Digit)> Render(ulong seed, int count) => Render(new DigitRenderer(seed), count);

    /// <summary>The next <paramref name="count"/> digits of a renderer.</summary>
    public static IEnumerable<(float[] Picture, int Digit)> Render(DigitRenderer renderer, int count)
    {
        for (int i = 0; i < count; i++)
        {
            int digit = i % 10;
            yield return (renderer.Render(digit), digit);
        }
    }
}
