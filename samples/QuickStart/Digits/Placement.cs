namespace QuickStart.Digits;

/// <summary>How a digit stands in the picture: from the 100 × 100 sheet to pixels, turned, slanted, stretched and moved.</summary>
internal readonly record struct Placement(Point ColumnX, Point ColumnY, Point Centre)
{
    private static readonly Point SheetCentre = new(50, 50);

    /// <summary>Draws a placement at random.</summary>
    public static Placement Next(SplitMix64 random)
    {
        // The tangent of half the angle gives sine and cosine by plain arithmetic, which every platform rounds alike.
        double tangent = random.Around(0.25);
        double cosine = (1 - (tangent * tangent)) / (1 + (tangent * tangent));
        double sine = 2 * tangent / (1 + (tangent * tangent));

        double height = random.Between(15, 23) / 100;
        double width = height * random.Between(0.7, 1.1);
        double slant = random.Around(0.4);
        Point columnX = new(width * cosine, width * sine);
        Point columnY = new((-height * sine) - (slant * height * cosine), (height * cosine) - (slant * height * sine));
        Point centre = new(14 + random.Between(-2.5, 2.5), 14 + random.Between(-2.5, 2.5));
        return new Placement(columnX, columnY, centre);
    }

    /// <summary>The pixel position of a point of the sheet.</summary>
    public Point Apply(Point point)
    {
        Point offset = point - SheetCentre;
        return Centre + (ColumnX * offset.X) + (ColumnY * offset.Y);
    }
}
