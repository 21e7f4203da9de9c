namespace Oml.Sdk.Fingerprints;

/// <summary>Rows of which a suspect tells the best classes only.</summary>
internal static class TopClasses
{
    // Scale and shift take two; what is left of the rest may be a mark.
    private const int Fewest = 3;

    public static void Check(ReadOnlySpan<int> classes, ReadOnlySpan<float> scores, int rowLength)
    {
        if (classes.Length < Fewest || classes.Length != scores.Length)
        {
            throw new ArgumentException($"It takes {Fewest} classes or more and a number for each; got {classes.Length} and {scores.Length}.", nameof(classes));
        }

        HashSet<int> seen = new(classes.Length);
        foreach (int one in classes)
        {
            if ((uint)one >= (uint)rowLength || !seen.Add(one))
            {
                throw new ArgumentException($"The class {one} comes twice or is none of 0 to {rowLength - 1}.", nameof(classes));
            }
        }
    }

    /// <summary>A whole row with the scores at their classes.</summary>
    public static float[] Spread(ReadOnlySpan<int> classes, ReadOnlySpan<float> scores, int rowLength, float nothing)
    {
        float[] row = new float[rowLength];
        row.AsSpan().Fill(nothing);
        for (int i = 0; i < classes.Length; i++)
        {
            row[classes[i]] = scores[i];
        }

        return row;
    }

    /// <summary>A whole row with the reference's own scores at the classes.</summary>
    public static float[] Pick(ReadOnlySpan<int> classes, ReadOnlySpan<float> referenceRow, float nothing)
    {
        float[] row = new float[referenceRow.Length];
        row.AsSpan().Fill(nothing);
        foreach (int one in classes)
        {
            row[one] = referenceRow[one];
        }

        return row;
    }
}
