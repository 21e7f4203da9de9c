using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Marks all rows of an output; <see cref="CarrierLayout"/> says with which signs.</summary>
internal static class LogitRows
{
    // The kernels read whole words of the keystream, so it has room behind its end.
    public const int Slack = 8;

    /// <summary>Marks with the best kernels of this machine.</summary>
    /// <param name="data">Whole rows.</param>
    /// <param name="rowLength">At least 1.</param>
    /// <param name="key">The carrier's key.</param>
    /// <param name="prepared">The beginning of the keystream and eight bytes more, if it was kept; or nothing.</param>
    /// <param name="relativeAmplitude">The amplitude as a fraction of a row's scale.</param>
    /// <param name="refuseNonFinite">Whether to stop at a row with NaN or an infinity, or else to leave it.</param>
    public static RowTally Mark(
        Span<float> data, int rowLength, ref readonly AesKeySchedule key, ReadOnlySpan<byte> prepared, float relativeAmplitude, bool refuseNonFinite) =>
        Mark(data, rowLength, in key, prepared, relativeAmplitude, refuseNonFinite, KernelDispatch.Widest, KernelDispatch.Aes);

    /// <summary>Marks with chosen kernels; those that the machine lacks are replaced by lesser ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowTally Mark(
        Span<float> data,
        int rowLength,
        ref readonly AesKeySchedule key,
        ReadOnlySpan<byte> prepared,
        float relativeAmplitude,
        bool refuseNonFinite,
        KernelWidth width,
        AesEngine aes) =>
        System.Runtime.Intrinsics.X86.Aes.IsSupported && aes == AesEngine.X86
            ? Mark<AesBlocksX86>(data, rowLength, in key, prepared, relativeAmplitude, refuseNonFinite, width)
            : System.Runtime.Intrinsics.Arm.Aes.IsSupported && aes == AesEngine.Arm
                ? Mark<AesBlocksArm>(data, rowLength, in key, prepared, relativeAmplitude, refuseNonFinite, width)
                : Mark<AesBlocksSoftware>(data, rowLength, in key, prepared, relativeAmplitude, refuseNonFinite, width);

    private static RowTally Mark<TAes>(
        Span<float> data,
        int rowLength,
        ref readonly AesKeySchedule key,
        ReadOnlySpan<byte> prepared,
        float relativeAmplitude,
        bool refuseNonFinite,
        KernelWidth width)
        where TAes : struct, IAesBlocks
    {
        Keystream buffer;
        Unsafe.SkipInit(out buffer);
        ref byte keystream = ref Unsafe.As<Keystream, byte>(ref buffer);
        bool ready = false;
        ReadOnlySpan<byte> rowPrepared = prepared.Length - Slack >= (CarrierLayout.StreamLength(rowLength) + 7) / 8 ? prepared : default;
        int marked = 0;
        int rows = 0;
        int refused = -1;
        for (; data.Length > 0; data = data[rowLength..], rows++)
        {
            Span<float> row = data[..rowLength];
            RowVerdict verdict;
            if (Vector512.IsHardwareAccelerated && width >= KernelWidth.Vector512 && rowLength >= FloatLanes512.Count)
            {
                verdict = RowKernel<FloatLanes512, Vector512<float>, TAes>.Mark(row, in key, ref keystream, ready, rowPrepared, refuseNonFinite, relativeAmplitude);
            }
            else if (Vector256.IsHardwareAccelerated && width >= KernelWidth.Vector256 && rowLength >= FloatLanes256.Count)
            {
                verdict = RowKernel<FloatLanes256, Vector256<float>, TAes>.Mark(row, in key, ref keystream, ready, rowPrepared, refuseNonFinite, relativeAmplitude);
            }
            else if (Vector128.IsHardwareAccelerated && width >= KernelWidth.Vector128 && rowLength >= FloatLanes128.Count)
            {
                verdict = RowKernel<FloatLanes128, Vector128<float>, TAes>.Mark(row, in key, ref keystream, ready, rowPrepared, refuseNonFinite, relativeAmplitude);
            }
            else
            {
                verdict = RowKernel<FloatLanesScalar, float, TAes>.Mark(row, in key, ref keystream, ready, rowPrepared, refuseNonFinite, relativeAmplitude);
            }

            // A row of one piece leaves the keystream as the next row needs it.
            ready = rowLength <= IAesBlocks.Bytes * 8 && !CarrierLayout.IsByClass(rowLength);
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

        if (rowPrepared.IsEmpty)
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.CreateSpan(ref keystream, (2 * IAesBlocks.Bytes) + Slack));
        }

        return new RowTally(marked, rows - marked, refused);
    }

    [InlineArray((2 * IAesBlocks.Bytes) + Slack)]
    private struct Keystream
    {
        private byte _first;
    }
}
