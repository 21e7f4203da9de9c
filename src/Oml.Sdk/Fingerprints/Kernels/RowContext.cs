using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>What a row is about: where each eighth of it is largest (docs/spec/fingerprint.md §14).</summary>
/// <param name="Number">That in 63 bits, which a mark and a recomputation of the row seldom change.</param>
/// <param name="Max">The row's largest element.</param>
/// <param name="HotStart">Where the first eighth begins that holds it.</param>
/// <param name="HotEnd">Where the last one ends that does.</param>
internal readonly record struct RowContext(ulong Number, float Max, nint HotStart, nint HotEnd)
{
    /// <summary>Parts of a row, of which the last takes what is left over.</summary>
    public const int Sections = 8;

    /// <summary>Reads an unmarked row, with the best kernel of this machine.</summary>
    /// <param name="row">8 elements or more.</param>
    /// <param name="context">The context; unspecified if an element is not finite.</param>
    /// <returns>False if an element is NaN or an infinity.</returns>
    public static bool TryFind(ReadOnlySpan<float> row, out RowContext context)
    {
        int section = row.Length / Sections;
        return Vector512.IsHardwareAccelerated && section >= FloatLanes512.Count
            ? TryFind<FloatLanes512, Vector512<float>>(row, out context)
            : Vector256.IsHardwareAccelerated && section >= FloatLanes256.Count
                ? TryFind<FloatLanes256, Vector256<float>>(row, out context)
                : Vector128.IsHardwareAccelerated && section >= FloatLanes128.Count
                    ? TryFind<FloatLanes128, Vector128<float>>(row, out context)
                    : TryFind<FloatLanesScalar, float>(row, out context);
    }

    /// <summary>The same at one width, for rows of at least eight steps.</summary>
    /// <remarks>A method of its own: where a caller's profile never came here, its loops would be compiled as code that never runs.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool TryFind<TLanes, TVector>(ReadOnlySpan<float> row, out RowContext context)
        where TLanes : struct, IFloatLanes<TVector>
        where TVector : struct
    {
        ref float first = ref MemoryMarshal.GetReference(row);
        nint section = row.Length / Sections;
        ulong number = 0;
        float max = float.NegativeInfinity;
        nint hotStart = 0;
        nint hotEnd = 0;
        bool isFinite = true;
        for (int i = 0; i < Sections; i++)
        {
            nint start = i * section;
            nint length = i == Sections - 1 ? row.Length - start : section;
            float peak = RowPeak<TLanes, TVector>.Find(in Unsafe.Add(ref first, start), length, out nint place);
            number |= (ulong)(byte)place << (8 * i);
            isFinite &= !float.IsNaN(peak);
            if (peak >= max)
            {
                hotStart = peak > max ? start : hotStart;
                hotEnd = start + length;
                max = peak;
            }
        }

        context = new RowContext(number & (ulong.MaxValue >> 1), max, hotStart, hotEnd);
        return isFinite;
    }

    /// <summary>Whether the row's largest element may be in a stretch of it.</summary>
    /// <param name="start">The first element of the stretch.</param>
    /// <param name="end">The one behind its last.</param>
    public bool IsHot(nint start, nint end) => start < HotEnd && end > HotStart;
}
