using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DigitTrainer;

/// <summary>
/// The two loops that training spends its time in. Eight lanes whatever the processor has, no fused multiply-add, and one order of
/// summation: the results do not depend on the machine.
/// </summary>
internal static class VectorMath
{
    private const int Lanes = 8;

    /// <summary>Adds <paramref name="factor"/> times <paramref name="source"/> to <paramref name="target"/>, element by element.</summary>
    public static void AddScaled(Span<float> target, float factor, ReadOnlySpan<float> source)
    {
        Vector256<float> factors = Vector256.Create(factor);
        Span<Vector256<float>> targets = MemoryMarshal.Cast<float, Vector256<float>>(target);
        ReadOnlySpan<Vector256<float>> sources = MemoryMarshal.Cast<float, Vector256<float>>(source);
        for (int i = 0; i < targets.Length; i++)
        {
            targets[i] += factors * sources[i];
        }

        for (int i = targets.Length * Lanes; i < target.Length; i++)
        {
            target[i] += factor * source[i];
        }
    }

    /// <summary>The sum of the products of the elements.</summary>
    public static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        ReadOnlySpan<Vector256<float>> lefts = MemoryMarshal.Cast<float, Vector256<float>>(left);
        ReadOnlySpan<Vector256<float>> rights = MemoryMarshal.Cast<float, Vector256<float>>(right);
        Vector256<float> sums = Vector256<float>.Zero;
        for (int i = 0; i < lefts.Length; i++)
        {
            sums += lefts[i] * rights[i];
        }

        Vector128<float> four = sums.GetLower() + sums.GetUpper();
        float sum = four.GetElement(0) + four.GetElement(2) + (four.GetElement(1) + four.GetElement(3));
        for (int i = lefts.Length * Lanes; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }
}
