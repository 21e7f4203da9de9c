namespace QuickStart.Digits;

/// <summary>A place on the paper; <c>Y</c> grows downwards.</summary>
internal readonly record struct Point(double X, double Y)
{
    public static Point operator +(Point a, Point b) => new(a.X + b.X, a.Y + b.Y);

    public static Point operator -(Point a, Point b) => new(a.X - b.X, a.Y - b.Y);

    public static Point operator *(Point a, double factor) => new(a.X * factor, a.Y * factor);

    public double Dot(Point other) => (X * other.X) + (Y * other.Y);
}
