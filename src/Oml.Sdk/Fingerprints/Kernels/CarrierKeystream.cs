using System.Runtime.InteropServices;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>The bits of the static carrier, for whoever does not need them faster.</summary>
internal static class CarrierKeystream
{
    /// <summary>Fills a buffer with whole groups of blocks.</summary>
    /// <param name="key">The carrier's key.</param>
    /// <param name="block">The index of the first block, a multiple of <see cref="IAesBlocks.Blocks"/>.</param>
    /// <param name="destination">A multiple of <see cref="IAesBlocks.Bytes"/> bytes.</param>
    /// <param name="aes">What computes AES; software where the machine lacks it.</param>
    public static void Fill(ref readonly AesKeySchedule key, ulong block, Span<byte> destination, AesEngine aes)
    {
        for (; destination.Length >= IAesBlocks.Bytes; destination = destination[IAesBlocks.Bytes..], block += IAesBlocks.Blocks)
        {
            ref byte first = ref MemoryMarshal.GetReference(destination);
            if (System.Runtime.Intrinsics.X86.Aes.IsSupported && aes == AesEngine.X86)
            {
                AesBlocksX86.Encrypt(in key, block, ref first);
            }
            else if (System.Runtime.Intrinsics.Arm.Aes.IsSupported && aes == AesEngine.Arm)
            {
                AesBlocksArm.Encrypt(in key, block, ref first);
            }
            else
            {
                AesBlocksSoftware.Encrypt(in key, block, ref first);
            }
        }
    }
}
