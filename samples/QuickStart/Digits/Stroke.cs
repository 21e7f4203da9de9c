namespace QuickStart.Digits;

/// <summary>One movement of the pen, through points on a sheet of 100 × 100.</summary>
internal sealed class Stroke
{
    private const int StepsPerSpan = 6;

    private readonly bool _curved;
    private readonly bool _closed;

    private Stroke(int[] coordinates, bool curved, bool closed)
    {
        Points = new Point[coordinates.Length / 2];
        for (int i = 0; i < Points.Length; i++)
        {
            Points[i] = new Point(coordinates[2 * i], coordinates[(2 * i) + 1]);
        }

        _curved = curved;
        _closed = closed;
    }

    /// <summary>The points that the pen goes through.</summary>
    public Point[] Points { get; }

    /// <summary>Straight lines from point to point; coordinates are x, y, x, y …</summary>
    public static Stroke Lines(params int[] coordinates) => new(coordinates, curved: false, closed: false);

    /// <summary>A smooth curve through the points.</summary>
    public static Stroke Curve(params int[] coordinates) => new(coordinates, curved: true, closed: false);

    /// <summary>A smooth curve through the points and back to the first.</summary>
    public static Stroke Loop(params int[] coordinates) => new(coordinates, curved: true, closed: true);

    /// <summary>The stroke as a chain of short straight lines, through <paramref name="points"/> in place of its own.</summary>
    public List<Point> Flatten(ReadOnlySpan<Point> points)
    {
        List<Point> chain = [points[0]];
        int spans = _closed ? points.Length : points.Length - 1;
        for (int span = 0; span < spans; span++)
        {
            Point start = points[span];
            Point end = points[(span + 1) % points.Length];
            if (_curved)
            {
                Point before = Neighbour(points, span - 1);
                Point after = Neighbour(points, span + 2);
                for (int step = 1; step < StepsPerSpan; step++)
                {
                    chain.Add(CatmullRom(before, start, end, after, (double)step / StepsPerSpan));
                }
            }

            chain.Add(end);
        }

        return chain;
    }

    private Point Neighbour(ReadOnlySpan<Point> points, int index) =>
        points[_closed ? (index + points.Length) % points.Length : Math.Clamp(index, 0, points.Length - 1)];

    private static Point CatmullRom(Point before, Point start, Point end, Point after, double t) =>
        ((start * 2)
            + ((end - before) * t)
            + (((before * 2) - (start * 5) + (end * 4) - after) * (t * t))
            + (((start * 3) - before - (end * 3) + after) * (t * t * t))) * 0.5;
}
