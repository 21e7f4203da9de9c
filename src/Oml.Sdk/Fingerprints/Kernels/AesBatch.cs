using System.Runtime.InteropServices;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>AES-128 as a pseudo-random function on blocks of any content.</summary>
internal static class AesBatch
{
    /// <summary>Encrypts whole groups of blocks in place.</summary>
    /// <param name="key">The round keys.</param>
    /// <param name="blocks">A multiple of <see cref="IAesBlocks.Bytes"/> bytes.</param>
    /// <param name="aes">What computes AES; software where the machine lacks it.</param>
    public static void Encrypt(ref readonly AesKeySchedule key, Span<byte> blocks, AesEngine aes)
    {
        for (; blocks.Length >= IAesBlocks.Bytes; blocks = blocks[IAesBlocks.Bytes..])
        {
            ref byte first = ref MemoryMarshal.GetReference(blocks);
            if (System.Runtime.Intrinsics.X86.Aes.IsSupported && aes == AesEngine.X86)
            {
                AesBlocksX86.EncryptInPlace(in key, ref first);
            }
            else if (System.Runtime.Intrinsics.Arm.Aes.IsSupported && aes == AesEngine.Arm)
            {
                AesBlocksArm.EncryptInPlace(in key, ref first);
            }
            else
            {
                AesBlocksSoftware.EncryptInPlace(in key, ref first);
            }
        }
    }
}
