namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>The operations of a row kernel at one width; the loops are written once, over this.</summary>
/// <typeparam name="TVector">What holds <see cref="Count"/> floats.</typeparam>
internal interface IFloatLanes<TVector>
    where TVector : struct
{
    /// <summary>Floats per step.</summary>
    static abstract int Count { get; }

    static abstract TVector Load(ref readonly float row, nint index);

    static abstract void Store(TVector value, ref float row, nint index);

    static abstract TVector Fill(float value);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Multiply(TVector left, TVector right);

    /// <summary>The larger of each pair; unspecified where one is NaN.</summary>
    static abstract TVector Max(TVector left, TVector right);

    /// <summary>The largest lane; unspecified where one is NaN.</summary>
    static abstract float MaxOf(TVector value);

    /// <summary>The larger bits of each pair, as unsigned numbers: in the order of the floats, but that those with a sign are the largest.</summary>
    static abstract TVector MaxBits(TVector left, TVector right);

    /// <summary>The largest bits of a lane.</summary>
    static abstract uint MaxBitsOf(TVector value);

    /// <summary>Every lane without its sign.</summary>
    static abstract TVector Magnitude(TVector value);

    /// <summary><paramref name="sum"/> + 0 · <paramref name="value"/>: stays 0 until a lane meets NaN or an infinity, then it is NaN for good.</summary>
    static abstract TVector Screen(TVector sum, TVector value);

    /// <summary>Whether no lane is NaN.</summary>
    static abstract bool NoneNaN(TVector value);

    /// <summary>Whether some lanes of the two are equal.</summary>
    static abstract bool AnyEqual(TVector left, TVector right);

    /// <summary>The first lane in which the two are equal; <see cref="Count"/> or more if there is none.</summary>
    static abstract int FirstEqual(TVector left, TVector right);

    /// <summary>The bits of the keystream from an element on, in every lane: as many as two steps need.</summary>
    /// <param name="keystream">Bits, least significant first; eight bytes more than the bits need are readable.</param>
    /// <param name="element">A multiple of <see cref="Count"/>.</param>
    static abstract TVector Bits(ref readonly byte keystream, nint element);

    /// <summary>What <see cref="Flip"/> needs to find bit k + <paramref name="first"/> for lane k.</summary>
    static abstract TVector Pattern(uint first);

    /// <summary>Lane k of <paramref name="step"/>, negated where its bit is set.</summary>
    /// <param name="step">A number in every lane.</param>
    /// <param name="bits">From <see cref="Bits"/>.</param>
    /// <param name="pattern">From <see cref="Pattern"/>.</param>
    /// <param name="sign">-0 in every lane.</param>
    static abstract TVector Flip(TVector step, TVector bits, TVector pattern, TVector sign);

    /// <summary><paramref name="marked"/> where <paramref name="value"/> is less than <paramref name="maximum"/>, else <paramref name="top"/>.</summary>
    static abstract TVector Guard(TVector value, TVector maximum, TVector top, TVector marked);
}
