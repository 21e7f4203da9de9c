namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>What became of the rows of an output.</summary>
/// <param name="Marked">Rows that carry the mark.</param>
/// <param name="Unmarked">Rows left as they were.</param>
/// <param name="RefusedRow">The row with NaN or an infinity at which it stopped, or -1.</param>
internal readonly record struct RowTally(int Marked, int Unmarked, int RefusedRow);
