namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Which signs of the keystream are baked into a model (docs/spec/fingerprint.md §10).</summary>
/// <remarks>
/// The same ones in every row, as a bias knows nothing of the row. Rows of 128 elements or more carry the signs that an embedder gives them,
/// too. Shorter rows carry signs behind those of all classes, so that the marks of an embedder are independent of them.
/// </remarks>
internal static class BakedLayout
{
    /// <summary>The fewest signs that tell a million licensees apart and leave room for noise.</summary>
    public const int LeastRowLength = 64;

    /// <summary>The most; a sign takes up to eight bytes in a model.</summary>
    public const int MaxRowLength = 1 << 24;

    /// <summary>The first block of the stream that rows of this length carry; a multiple of <see cref="IAesBlocks.Blocks"/>.</summary>
    public static ulong FirstBlock(int rowLength) => CarrierLayout.IsByClass(rowLength) ? CarrierLayout.BlockElements : 0ul;

    /// <summary>The signs, each +1 or −1.</summary>
    public static sbyte[] Signs(CarrierKey key, int rowLength)
    {
        sbyte[] signs = new sbyte[rowLength];
        Span<byte> keystream = stackalloc byte[IAesBlocks.Bytes];
        key.ExpandStatic(out AesKeySchedule schedule);
        try
        {
            for (int start = 0; start < rowLength; start += keystream.Length * 8)
            {
                CarrierKeystream.Fill(in schedule, FirstBlock(rowLength) + ((ulong)start / CarrierLayout.BlockElements), keystream, KernelDispatch.Aes);
                for (int i = start; i < Math.Min(rowLength, start + (keystream.Length * 8)); i++)
                {
                    signs[i] = (sbyte)(1 - (2 * ((keystream[(i - start) >> 3] >> (i & 7)) & 1)));
                }
            }

            return signs;
        }
        finally
        {
            schedule.Clear();
        }
    }
}
