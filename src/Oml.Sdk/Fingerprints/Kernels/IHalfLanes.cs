namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>How a step of halves is read as two vectors of floats, and written back; the loops are written once, over this.</summary>
/// <typeparam name="TVector">What <see cref="IFloatLanes{TVector}"/> of the same width has.</typeparam>
/// <remarks>
/// .NET 10 has no intrinsics for the processor's own conversions, so they are made of integer operations. The floats are those of the halves times
/// <see cref="HalfBits.Scale"/>: then the bits of a magnitude, 13 places up, are the float, for subnormal halves too. Elements of even number are
/// apart from those of odd number: each pair lies in one lane, where shifts alone part and join it.
/// </remarks>
internal interface IHalfLanes<TVector>
    where TVector : struct
{
    /// <summary>Halves a step.</summary>
    static abstract int Count { get; }

    /// <summary>Reads a step of finite elements.</summary>
    static abstract void Load(ref readonly Half row, nint index, out TVector even, out TVector odd);

    /// <summary>Writes floats, not scaled, put between the ends of the format and rounded to nearest, ties to even.</summary>
    static abstract void Store(TVector even, TVector odd, ref Half row, nint index);

    /// <summary>A scaled element times a factor.</summary>
    /// <remarks>
    /// Where it can be, this is a fused addition of −0, which changes nothing: some processors (Zen 5) now and then take four times as long to
    /// multiply subnormal numbers, but not to multiply and add.
    /// </remarks>
    static abstract TVector Multiply(TVector value, TVector factor);

    /// <summary>A scaled element times a power of two, so that the product is exact, plus another number.</summary>
    static abstract TVector MultiplyAdd(TVector value, TVector factor, TVector other);

    /// <summary>What <see cref="IFloatLanes{TVector}.Flip"/> needs to find the bit of each element of even number.</summary>
    /// <param name="first">1 for those of odd number instead.</param>
    static abstract TVector Pattern(uint first);
}
