namespace Oml.Sdk.Fingerprints;

/// <summary>What an embedder did to one output.</summary>
/// <param name="MarkedRows">Rows that carry the fingerprint now.</param>
/// <param name="UnmarkedRows">Rows that were left as they were, because they hold NaN or an infinity or are constant.</param>
public readonly record struct FingerprintOutcome(int MarkedRows, int UnmarkedRows);
