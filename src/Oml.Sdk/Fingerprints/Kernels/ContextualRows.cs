using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Marks all rows of an output with signs that the context of each chooses in part (docs/spec/fingerprint.md §14).</summary>
internal static class ContextualRows
{
    // Signs that are made before their elements are marked: enough that a loop is worth its start, few enough to stay in the nearest cache.
    private const int MaxSignBytes = 8 * IAesBlocks.Bytes;

    /// <summary>Marks with the best kernels of this machine.</summary>
    /// <param name="data">Whole rows.</param>
    /// <param name="rowLength">At least <see cref="CarrierLayout.BlockElements"/>.</param>
    /// <param name="signs">What makes the signs.</param>
    /// <param name="relativeAmplitude">The amplitude as a fraction of a row's scale.</param>
    /// <param name="refuseNonFinite">Whether to stop at a row with NaN or an infinity, or else to leave it.</param>
    public static RowTally Mark(Span<float> data, int rowLength, scoped in ContextualSigns signs, float relativeAmplitude, bool refuseNonFinite) =>
        Mark(data, rowLength, in signs, relativeAmplitude, refuseNonFinite, KernelDispatch.Widest, KernelDispatch.Aes);

    /// <summary>Marks with chosen kernels; those that the machine lacks are replaced by lesser ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowTally Mark(
        Span<float> data,
        int rowLength,
        scoped in ContextualSigns signs,
        float relativeAmplitude,
        bool refuseNonFinite,
        KernelWidth width,
        AesEngine aes) =>
        System.Runtime.Intrinsics.X86.Aes.IsSupported && aes == AesEngine.X86
            ? Mark<AesBlocksX86>(data, rowLength, in signs, relativeAmplitude, refuseNonFinite, width)
            : System.Runtime.Intrinsics.Arm.Aes.IsSupported && aes == AesEngine.Arm
                ? Mark<AesBlocksArm>(data, rowLength, in signs, relativeAmplitude, refuseNonFinite, width)
                : Mark<AesBlocksSoftware>(data, rowLength, in signs, relativeAmplitude, refuseNonFinite, width);

    private static RowTally Mark<TAes>(
        Span<float> data, int rowLength, scoped in ContextualSigns signs, float relativeAmplitude, bool refuseNonFinite, KernelWidth width)
        where TAes : struct, IAesBlocks
    {
        Unsafe.SkipInit(out AesKeySchedule key);
        Unsafe.SkipInit(out Signs room);
        Span<byte> buffer = MemoryMarshal.CreateSpan(ref Unsafe.As<Signs, byte>(ref room), MaxSignBytes + LogitRows.Slack);
        buffer = buffer[..(int.Min(MaxSignBytes, RowSigns.Length(rowLength)) + LogitRows.Slack)];
        int marked = 0;
        int rows = 0;
        int refused = -1;
        for (; data.Length > 0; data = data[rowLength..], rows++)
        {
            Span<float> row = data[..rowLength];
            RowVerdict verdict;
            if (Vector512.IsHardwareAccelerated && width >= KernelWidth.Vector512)
            {
                verdict = ContextualRow<FloatLanes512, Vector512<float>, TAes>.Mark(row, in signs, ref key, buffer, relativeAmplitude);
            }
            else if (Vector256.IsHardwareAccelerated && width >= KernelWidth.Vector256)
            {
                verdict = ContextualRow<FloatLanes256, Vector256<float>, TAes>.Mark(row, in signs, ref key, buffer, relativeAmplitude);
            }
            else if (Vector128.IsHardwareAccelerated && width >= KernelWidth.Vector128)
            {
                verdict = ContextualRow<FloatLanes128, Vector128<float>, TAes>.Mark(row, in signs, ref key, buffer, relativeAmplitude);
            }
            else
            {
                verdict = ContextualRow<FloatLanesScalar, float, TAes>.Mark(row, in signs, ref key, buffer, relativeAmplitude);
            }

            if (verdict == RowVerdict.Marked)
            {
                marked++;
            }
            else if (verdict == RowVerdict.NonFinite && refuseNonFinite)
            {
                refused = rows;
                break;
            }
        }

        key.Clear();
        CryptographicOperations.ZeroMemory(buffer);
        return new RowTally(marked, rows - marked, refused);
    }

    [InlineArray(MaxSignBytes + LogitRows.Slack)]
    private struct Signs
    {
        private byte _first;
    }
}
