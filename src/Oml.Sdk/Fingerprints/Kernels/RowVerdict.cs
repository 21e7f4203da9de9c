namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>What became of a row.</summary>
internal enum RowVerdict
{
    /// <summary>It carries the mark.</summary>
    Marked,

    /// <summary>It is as it was: it cannot carry a mark.</summary>
    Unmarked,

    /// <summary>It is as it was: it holds NaN or an infinity.</summary>
    NonFinite,
}
