namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>What <see cref="LogitRows"/> did.</summary>
/// <param name="Marked">Rows that carry the mark.</param>
/// <param name="Unmarked">Rows left as they were.</param>
/// <param name="RefusedRow">The row with NaN or an infinity at which it stopped, or -1.</param>
internal readonly record struct LogitTally(int Marked, int Unmarked, int RefusedRow);
