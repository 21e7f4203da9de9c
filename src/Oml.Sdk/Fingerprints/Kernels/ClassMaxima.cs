using System.Numerics;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>The largest values along a dimension in the middle of a tensor: of every place, over its classes.</summary>
internal static class ClassMaxima
{
    /// <summary>Finds them.</summary>
    /// <param name="data">Groups of <paramref name="classes"/> × <paramref name="inner"/> values.</param>
    /// <param name="classes">The length of the dimension.</param>
    /// <param name="inner">How many places lie side by side.</param>
    /// <param name="largest">A number for each place.</param>
    public static void Read<T>(ReadOnlySpan<T> data, int classes, int inner, Span<T> largest)
        where T : unmanaged, INumber<T>
    {
        for (; data.Length > 0; data = data[(classes * inner)..], largest = largest[inner..])
        {
            data[..inner].CopyTo(largest);
            for (int c = 1; c < classes; c++)
            {
                ReadOnlySpan<T> plane = data.Slice(c * inner, inner);
                for (int i = 0; i < inner; i++)
                {
                    largest[i] = plane[i] > largest[i] ? plane[i] : largest[i];
                }
            }
        }
    }

    /// <summary>Lifts what was largest above whatever its neighbours have become, in one sample that was marked.</summary>
    /// <param name="before">The unmarked values.</param>
    /// <param name="data">The marked ones.</param>
    /// <param name="classes">The length of the dimension.</param>
    /// <param name="inner">How many places lie side by side.</param>
    /// <param name="largest">What <see cref="Read"/> found in the unmarked values.</param>
    /// <param name="marked">What it found in the marked ones; empty where nobody looks at it.</param>
    /// <param name="error">The part that values were changed by.</param>
    /// <returns>False if there is no number that is large enough; then some values are lifted, and others not.</returns>
    public static bool TryLift<TTop, T>(
        ReadOnlySpan<T> before, Span<T> data, int classes, int inner, ReadOnlySpan<T> largest, ReadOnlySpan<T> marked, float error)
        where TTop : struct, IClassTop<T>
        where T : unmanaged, INumber<T>
    {
        for (int i = 0; i < data.Length; i++)
        {
            int place = (i / (classes * inner) * inner) + (i % inner);
            if (before[i] == largest[place])
            {
                if (!TTop.TryLift(largest[place], marked.IsEmpty ? default : marked[place], error, out T top))
                {
                    return false;
                }

                data[i] = top;
            }
        }

        return true;
    }
}
