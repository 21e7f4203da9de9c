namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>The largest values along a dimension in the middle of a tensor: of every place, over its classes.</summary>
internal static class ClassMaxima
{
    /// <summary>Finds them.</summary>
    /// <param name="data">Groups of <paramref name="classes"/> × <paramref name="inner"/> values.</param>
    /// <param name="classes">The length of the dimension.</param>
    /// <param name="inner">How many places lie side by side.</param>
    /// <param name="largest">A number for each place.</param>
    public static void Read(ReadOnlySpan<float> data, int classes, int inner, Span<float> largest)
    {
        for (; data.Length > 0; data = data[(classes * inner)..], largest = largest[inner..])
        {
            data[..inner].CopyTo(largest);
            for (int c = 1; c < classes; c++)
            {
                ReadOnlySpan<float> plane = data.Slice(c * inner, inner);
                for (int i = 0; i < inner; i++)
                {
                    largest[i] = plane[i] > largest[i] ? plane[i] : largest[i];
                }
            }
        }
    }

    /// <summary>Lifts what was largest above whatever its neighbours may have become, in samples that were marked.</summary>
    /// <param name="before">The unmarked values.</param>
    /// <param name="data">The marked ones.</param>
    /// <param name="classes">The length of the dimension.</param>
    /// <param name="inner">How many places lie side by side.</param>
    /// <param name="largest">What <see cref="Read"/> found.</param>
    /// <param name="error">The part that values were changed by.</param>
    /// <param name="sampleLength">Values of a sample.</param>
    public static void Lift(
        ReadOnlySpan<float> before, Span<float> data, int classes, int inner, ReadOnlySpan<float> largest, float error, int sampleLength)
    {
        for (int sample = 0; sample < data.Length; sample += sampleLength)
        {
            if (before.Slice(sample, sampleLength).SequenceEqual(data.Slice(sample, sampleLength)))
            {
                continue;
            }

            for (int i = sample; i < sample + sampleLength; i++)
            {
                float max = largest[(i / (classes * inner) * inner) + (i % inner)];
                data[i] = before[i] == max ? MathF.BitIncrement(max * (max > 0 ? 1 + error : 1 - error)) : data[i];
            }
        }
    }
}
