namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>The operations of <see cref="SumKernel{TKind, TLanes, TVector, TSumLanes, TSum}"/> on numbers of binary64 at one width.</summary>
/// <typeparam name="TSum">What holds <see cref="Count"/> of them.</typeparam>
internal interface ISumLanes<TSum>
    where TSum : struct
{
    /// <summary>Numbers in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Floats, which become numbers of binary64.</summary>
    static abstract TSum Load(ref readonly float row, nint index);

    static abstract TSum Fill(double value);

    static abstract TSum Add(TSum left, TSum right);

    /// <summary>Adds the square of a float. That is exact, so a fused addition rounds as any other.</summary>
    static abstract TSum AddSquare(TSum sum, TSum value);

    /// <summary>The bits of the keystream from an element on, in every lane.</summary>
    /// <param name="keystream">Bits, least significant first; eight bytes more than the bits need are readable.</param>
    /// <param name="element">A multiple of 8.</param>
    static abstract TSum Bits(ref readonly byte keystream, nint element);

    /// <summary>What <see cref="Flip"/> needs to find bit k + <paramref name="first"/> for lane k.</summary>
    static abstract TSum Pattern(uint first);

    /// <summary>Lane k of <paramref name="value"/>, negated where its bit is set.</summary>
    /// <param name="value">Any numbers.</param>
    /// <param name="bits">From <see cref="Bits"/>.</param>
    /// <param name="pattern">From <see cref="Pattern"/>.</param>
    /// <param name="sign">-0 in every lane.</param>
    static abstract TSum Flip(TSum value, TSum bits, TSum pattern, TSum sign);

    /// <summary>The sum of all lanes: the upper half of them is added to the lower, until one is left.</summary>
    static abstract double Total(TSum sum);
}
