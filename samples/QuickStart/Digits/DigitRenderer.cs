namespace QuickStart.Digits;

/// <summary>
/// Draws digits as a hand might: a random style of each, turned, slanted, stretched, moved and shaken, with a pen of random width,
/// on noisy paper. No data set is needed to train or to try a classifier.
/// </summary>
/// <remarks>
/// The pictures depend on the seed and on the order of the calls, and on nothing else: only the four operations and the square root
/// are used, which IEEE 754 defines to the last bit. Not thread-safe; use one renderer per thread.
/// </remarks>
internal sealed class DigitRenderer(ulong seed)
{
    /// <summary>Rows of a picture, and pixels in a row.</summary>
    public const int Size = 28;

    /// <summary>Pixels in a picture.</summary>
    public const int Pixels = Size * Size;

    private readonly SplitMix64 _random = new(seed);

    /// <summary>Draws a digit.</summary>
    /// <param name="digit">0 to 9.</param>
    /// <returns>The rows of the picture from top to bottom, 0 (paper) to 1 (ink).</returns>
    public float[] Render(int digit)
    {
        float[] picture = new float[Pixels];
        Render(digit, picture);
        return picture;
    }

    /// <summary>Draws a digit into <paramref name="picture"/>, which has <see cref="Pixels"/> elements.</summary>
    public void Render(int digit, Span<float> picture)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(digit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(digit, 9);
        ArgumentOutOfRangeException.ThrowIfNotEqual(picture.Length, Pixels);

        Stroke[][] styles = Glyphs.Of[digit];
        Stroke[] strokes = styles[_random.Below(styles.Length)];
        Placement placement = Placement.Next(_random);
        double wobble = _random.Between(0, 8);
        Pen pen = new(_random.Between(0.6, 1.8), _random.Between(0.55, 1));

        picture.Clear();
        foreach (Stroke stroke in strokes)
        {
            Point[] points = Array.ConvertAll(
                stroke.Points,
                point => placement.Apply(point + new Point(_random.Around(wobble), _random.Around(wobble))));
            pen.Draw(stroke.Flatten(points), picture);
        }

        AddNoise(picture, _random.Between(0, 0.4));
    }

    private void AddNoise(Span<float> picture, double size)
    {
        foreach (ref float pixel in picture)
        {
            pixel = (float)Math.Clamp(pixel + _random.Around(size), 0, 1);
        }
    }
}
