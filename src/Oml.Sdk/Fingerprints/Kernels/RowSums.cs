namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>What <see cref="SignedSums"/> knows of a row.</summary>
/// <param name="Sum">The sum of the elements, or of their squares.</param>
/// <param name="Signed">The sum of the elements with the signs.</param>
/// <param name="LargestBits">
/// The largest bits of an element, as an unsigned number: those of the largest element if none has a sign. 0 if the squares are added up.
/// </param>
/// <param name="Start">Where the stretch begins that holds all elements of these bits: a multiple of 8.</param>
/// <param name="End">Where it ends: a multiple of 8 or the end of the row.</param>
internal readonly record struct RowSums(double Sum, double Signed, uint LargestBits, int Start, int End);
