namespace Oml.Sdk.Fingerprints;

/// <summary>What an embedder does with a row that holds NaN or an infinity.</summary>
public enum NonFiniteOutputs
{
    /// <summary>Throws <see cref="NonFiniteOutputException"/>: the caller gets no output, and no unit is spent.</summary>
    Refuse = 0,

    /// <summary>Leaves the row as it is, bit for bit, and counts it in <see cref="FingerprintOutcome.UnmarkedRows"/>.</summary>
    LeaveUnmarked = 1,
}
