using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using ArmAes = System.Runtime.Intrinsics.Arm.Aes;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Makes the signs of rows of which a share follows their context and the rest the static carrier.</summary>
/// <param name="carrier">Says which elements follow the context, and how.</param>
/// <param name="staticKey">The key of the static carrier.</param>
/// <param name="staticSigns">Its first signs, as many as are kept.</param>
internal readonly ref struct ContextualSigns(ContextualCarrier carrier, ref readonly AesKeySchedule staticKey, ReadOnlySpan<byte> staticSigns)
{
    private readonly ref readonly AesKeySchedule _staticKey = ref staticKey;
    private readonly ReadOnlySpan<byte> _staticSigns = staticSigns;
    private readonly ReadOnlySpan<byte> _choice = carrier.Choice;

    /// <summary>The key for a context; the caller clears it.</summary>
    public void Expand(ulong context, out AesKeySchedule key) => carrier.Key.WithNonce(context, out key);

    /// <summary>The signs of a stretch of a row.</summary>
    /// <param name="key">The key for the row's context.</param>
    /// <param name="start">Where the signs begin in those of the row: a multiple of <see cref="IAesBlocks.Bytes"/> bytes.</param>
    /// <param name="signs">Whole groups of blocks.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Fill<TAes>(ref readonly AesKeySchedule key, int start, Span<byte> signs)
        where TAes : struct, IAesBlocks
    {
        int kept = int.Min(_choice.Length, _staticSigns.Length) - IAesBlocks.Bytes;
        for (int i = 0; i < signs.Length; i += IAesBlocks.Bytes)
        {
            ref byte group = ref signs[i];
            TAes.Encrypt(in key, (ulong)(start + i) / 16, ref group);
            if (start + i <= kept)
            {
                Merge(in _choice[start + i], in _staticSigns[start + i], ref group);
            }
            else
            {
                MergeUnkept<TAes>(start + i, ref group);
            }
        }
    }

    /// <summary>The signs of a whole row, by the best cipher of this machine.</summary>
    /// <param name="context">The row's context.</param>
    /// <param name="signs"><see cref="RowSigns.Length"/> bytes.</param>
    public void Fill(ulong context, Span<byte> signs)
    {
        Expand(context, out AesKeySchedule key);
        if (X86Aes.IsSupported && KernelDispatch.Aes == AesEngine.X86)
        {
            Fill<AesBlocksX86>(in key, 0, signs);
        }
        else if (ArmAes.IsSupported && KernelDispatch.Aes == AesEngine.Arm)
        {
            Fill<AesBlocksArm>(in key, 0, signs);
        }
        else
        {
            Fill<AesBlocksSoftware>(in key, 0, signs);
        }

        key.Clear();
    }

    // Of a row that is longer than was expected.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MergeUnkept<TAes>(int start, ref byte group)
        where TAes : struct, IAesBlocks
    {
        Span<byte> choice = stackalloc byte[IAesBlocks.Bytes];
        Span<byte> others = stackalloc byte[IAesBlocks.Bytes];
        carrier.FillChoice(start, choice);
        TAes.Encrypt(in _staticKey, (ulong)start / 16, ref others[0]);
        Merge(in choice[0], in others[0], ref group);
        CryptographicOperations.ZeroMemory(choice);
        CryptographicOperations.ZeroMemory(others);
    }

    // A block at a time, as the cipher stored them: wider loads would wait until the stores are done.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Merge(ref readonly byte choice, ref readonly byte others, ref byte group)
    {
        for (nuint i = 0; i < IAesBlocks.Bytes; i += 16)
        {
            Vector128.ConditionalSelect(Vector128.LoadUnsafe(in choice, i), Vector128.LoadUnsafe(in group, i), Vector128.LoadUnsafe(in others, i))
                .StoreUnsafe(ref group, i);
        }
    }
}
