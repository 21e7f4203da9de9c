using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>The inner product of a residual and a carrier, which is made as it is needed.</summary>
internal static class CarrierCorrelation
{
    private const int Piece = IAesBlocks.Bytes * 8;

    /// <summary>Adds up the residual with the signs of the carrier.</summary>
    /// <param name="residual">A number for each element of a row.</param>
    /// <param name="key">The carrier's key.</param>
    /// <param name="firstBlock">The block of the stream that the residual begins with, a multiple of <see cref="IAesBlocks.Blocks"/>.</param>
    public static double Inner(ReadOnlySpan<double> residual, ref readonly AesKeySchedule key, ulong firstBlock = 0) =>
        Inner(residual, in key, KernelDispatch.Widest, KernelDispatch.Aes, firstBlock);

    /// <summary>The same with chosen kernels; the order of the additions, and so the last digits, depend on the width.</summary>
    public static double Inner(
        ReadOnlySpan<double> residual, ref readonly AesKeySchedule key, KernelWidth width, AesEngine aes, ulong firstBlock = 0)
    {
        Span<byte> keystream = stackalloc byte[IAesBlocks.Bytes];
        double total = 0;
        for (int start = 0; start < residual.Length; start += Piece)
        {
            CarrierKeystream.Fill(in key, firstBlock + ((ulong)start / 128), keystream, aes);
            total += Signed(residual.Slice(start, Math.Min(Piece, residual.Length - start)), keystream, width);
        }

        return total;
    }

    private static double Signed(ReadOnlySpan<double> residual, ReadOnlySpan<byte> keystream, KernelWidth width)
    {
        ref double first = ref MemoryMarshal.GetReference(residual);
        double total = 0;
        int i = 0;
        if (Vector256.IsHardwareAccelerated && width >= KernelWidth.Vector256)
        {
            Vector256<ulong> low = Vector256.Create(1ul, 2, 4, 8);
            Vector256<ulong> high = low << 4;
            Vector256<double> sum0 = default;
            Vector256<double> sum1 = default;
            for (; i <= residual.Length - 8; i += 8)
            {
                Vector256<ulong> bits = Vector256.Create((ulong)keystream[i >> 3]);
                sum0 += Flip(Vector256.LoadUnsafe(ref first, (nuint)i), Vector256.Equals(bits & low, low));
                sum1 += Flip(Vector256.LoadUnsafe(ref first, (nuint)i + 4), Vector256.Equals(bits & high, high));
            }

            total = Vector256.Sum(sum0 + sum1);
        }
        else if (Vector128.IsHardwareAccelerated && width >= KernelWidth.Vector128)
        {
            Vector128<double> sum = default;
            for (; i <= residual.Length - 2; i += 2)
            {
                Vector128<ulong> own = Vector128.Create(1ul, 2) << (i & 7);
                Vector128<ulong> mask = Vector128.Equals(Vector128.Create((ulong)keystream[i >> 3]) & own, own);
                sum += Vector128.LoadUnsafe(ref first, (nuint)i) ^ (mask & Vector128.Create(1ul << 63)).AsDouble();
            }

            total = Vector128.Sum(sum);
        }

        for (; i < residual.Length; i++)
        {
            total += ((keystream[i >> 3] >> (i & 7)) & 1) == 0 ? residual[i] : -residual[i];
        }

        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Flip(Vector256<double> value, Vector256<ulong> mask) =>
        value ^ (mask & Vector256.Create(1ul << 63)).AsDouble();
}
