namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Arithmetic on 64 elements of GF(2⁸) at once, modulo x⁸ + x⁴ + x³ + x + 1 (FIPS 197, 4.2), in constant time.</summary>
internal static class BitslicedField
{
    /// <summary>The reciprocal of each element, with 0 for 0: x²⁵⁴ by four multiplications, for squaring is only wiring.</summary>
    public static BitPlanes Invert(in BitPlanes x)
    {
        BitPlanes x2 = Square(x);
        BitPlanes x3 = Multiply(x, x2);
        BitPlanes x12 = Square(Square(x3));
        BitPlanes x15 = Multiply(x12, x3);
        BitPlanes x240 = Square(Square(Square(Square(x15))));
        return Multiply(Multiply(x240, x12), x2);
    }

    /// <summary>The products of the elements of two sets.</summary>
    public static BitPlanes Multiply(in BitPlanes left, in BitPlanes right)
    {
        Span<ulong> product = stackalloc ulong[15];
        product.Clear();
        for (int i = 0; i < BitPlanes.Count; i++)
        {
            for (int j = 0; j < BitPlanes.Count; j++)
            {
                product[i + j] ^= left[i] & right[j];
            }
        }

        // x^k = x^(k−4) + x^(k−5) + x^(k−7) + x^(k−8) for k ≥ 8.
        for (int k = product.Length - 1; k >= BitPlanes.Count; k--)
        {
            product[k - 4] ^= product[k];
            product[k - 5] ^= product[k];
            product[k - 7] ^= product[k];
            product[k - 8] ^= product[k];
        }

        BitPlanes result = default;
        product[..BitPlanes.Count].CopyTo(result);
        return result;
    }

    // (Σ aᵢxⁱ)² = Σ aᵢx²ⁱ, reduced: x⁸ = x⁴+x³+x+1, x¹⁰ = x⁶+x⁵+x³+x², x¹² = x⁷+x⁵+x³+x+1, x¹⁴ = x⁷+x⁴+x³+x.
    private static BitPlanes Square(in BitPlanes a)
    {
        BitPlanes s = default;
        s[0] = a[0] ^ a[4] ^ a[6];
        s[1] = a[4] ^ a[6] ^ a[7];
        s[2] = a[1] ^ a[5];
        s[3] = a[4] ^ a[5] ^ a[6] ^ a[7];
        s[4] = a[2] ^ a[4] ^ a[7];
        s[5] = a[5] ^ a[6];
        s[6] = a[3] ^ a[5];
        s[7] = a[6] ^ a[7];
        return s;
    }
}
