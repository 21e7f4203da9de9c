using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>The three best classes of a row whose best two are close; the lowest index first among equals.</summary>
/// <param name="Best">The class of the largest score.</param>
/// <param name="Second">That of the next, which is less.</param>
/// <param name="Third">That of the one after.</param>
internal readonly record struct CloseCall(int Best, int Second, int Third)
{
    // Bit 63 alone tells these from contexts (neither) and values (both).
    private const ulong Domain = 1ul << 63;

    /// <summary>What the coin is thrown for.</summary>
    public ulong Context => Domain | ((ulong)Best << 40) | ((ulong)Second << 20) | (uint)Third;

    /// <summary>A share in 2³²nds.</summary>
    public static uint ThresholdOf(double share) => (uint)(share * 4294967296.0);

    /// <summary>Looks at a row of 3 finite elements or more.</summary>
    /// <returns>Whether its two best scores differ, by no more than the margin.</returns>
    public static bool TryFind(ReadOnlySpan<float> row, float margin, out CloseCall call)
    {
        int best = -1;
        int second = -1;
        int third = -1;
        for (int i = 0; i < row.Length; i++)
        {
            if (best < 0 || row[i] > row[best])
            {
                (best, second, third) = (i, best, second);
            }
            else if (second < 0 || row[i] > row[second])
            {
                (second, third) = (i, second);
            }
            else if (third < 0 || row[i] > row[third])
            {
                third = i;
            }
        }

        call = new CloseCall(best, second, third);
        return row[best] > row[second] && row[best] - row[second] <= margin;
    }

    /// <summary>The licensee's coin, 32 bits.</summary>
    public uint Coin(ref readonly AesKeySchedule key) => Coin(in key, Context);

    /// <summary>The same for a context.</summary>
    public static uint Coin(ref readonly AesKeySchedule key, ulong context)
    {
        Span<byte> blocks = stackalloc byte[IAesBlocks.Bytes];
        ContextualCarrier.FillContext(in key, context, 0, blocks);
        uint coin = BinaryPrimitives.ReadUInt32BigEndian(blocks);
        CryptographicOperations.ZeroMemory(blocks);
        return coin;
    }
}
