namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>What <see cref="SignedSums"/> adds up of a row.</summary>
internal interface ISumKind
{
    /// <summary>Whether it is the squares of the elements, and nobody asks for the largest of them; or else the elements.</summary>
    static abstract bool OfSquares { get; }
}
