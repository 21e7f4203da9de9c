namespace QuickStart.Digits;

/// <summary>Draws lines with soft edges into a picture. The radius is in pixels; the ink is 1 for black.</summary>
internal sealed class Pen(double radius, double ink)
{
    /// <summary>Draws straight lines from point to point.</summary>
    public void Draw(List<Point> chain, Span<float> picture)
    {
        for (int i = 1; i < chain.Count; i++)
        {
            Draw(chain[i - 1], chain[i], picture);
        }
    }

    private void Draw(Point start, Point end, Span<float> picture)
    {
        double reach = radius + 1;
        int left = Pixel(Math.Min(start.X, end.X) - reach);
        int right = Pixel(Math.Max(start.X, end.X) + reach);
        int top = Pixel(Math.Min(start.Y, end.Y) - reach);
        int bottom = Pixel(Math.Max(start.Y, end.Y) + reach);
        for (int y = top; y <= bottom; y++)
        {
            for (int x = left; x <= right; x++)
            {
                // A pixel at the edge is covered in part, in proportion to how far the pen's edge reaches into it.
                double distance = Distance(new Point(x + 0.5, y + 0.5), start, end);
                float shade = (float)(ink * Math.Clamp(radius + 0.5 - distance, 0, 1));
                ref float pixel = ref picture[(y * DigitRenderer.Size) + x];
                pixel = Math.Max(pixel, shade);
            }
        }
    }

    private static int Pixel(double position) => (int)Math.Clamp(position, 0, DigitRenderer.Size - 1);

    private static double Distance(Point point, Point start, Point end)
    {
        Point line = end - start;
        Point offset = point - start;
        double length = line.Dot(line);
        double along = length > 0 ? Math.Clamp(offset.Dot(line) / length, 0, 1) : 0;
        Point nearest = offset - (line * along);
        return Math.Sqrt(nearest.Dot(nearest));
    }
}
