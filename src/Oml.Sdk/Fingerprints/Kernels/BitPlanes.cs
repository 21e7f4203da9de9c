using System.Runtime.CompilerServices;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>64 bytes turned on their side: bit p of plane b is bit b of byte p.</summary>
[InlineArray(Count)]
internal struct BitPlanes
{
    public const int Count = 8;

    private ulong _first;

    /// <summary>Adds eight bytes, the first in the low bits, as bytes 8·group … 8·group + 7; the planes were zero there.</summary>
    public void Put(ulong bytes, int group)
    {
        for (int b = 0; b < Count; b++)
        {
            // The product gathers the lowest bit of each byte in the top byte, in order.
            ulong bits = (((bytes >> b) & 0x0101_0101_0101_0101ul) * 0x0102_0408_1020_4080ul) >> 56;
            this[b] |= bits << (8 * group);
        }
    }

    /// <summary>Bytes 8·group … 8·group + 7, the first in the low bits.</summary>
    public readonly ulong Get(int group)
    {
        ulong bytes = 0;
        for (int b = 0; b < Count; b++)
        {
            ulong bits = (this[b] >> (8 * group)) & 0xff;
            ulong spread = (bits * 0x0101_0101_0101_0101ul) & 0x8040_2010_0804_0201ul;
            bytes |= (((spread + 0x7f7f_7f7f_7f7f_7f7ful) >> 7) & 0x0101_0101_0101_0101ul) << b;
        }

        return bytes;
    }
}
