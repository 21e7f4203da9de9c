namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>What the largest value over classes becomes, so that no neighbour reaches it (docs/spec/fingerprint.md §13).</summary>
/// <typeparam name="T">The format of the values.</typeparam>
internal interface IClassTop<T>
    where T : unmanaged
{
    /// <summary>Whether <see cref="TryLift"/> looks at what the classes became.</summary>
    static abstract bool NeedsMarked { get; }

    /// <summary>Computes it.</summary>
    /// <param name="max">The largest unmarked value at a place.</param>
    /// <param name="marked">The largest of what the values there became, if it is needed.</param>
    /// <param name="error">The part that values were changed by.</param>
    /// <param name="top">What the largest becomes.</param>
    /// <returns>False if there is no such number.</returns>
    static abstract bool TryLift(T max, T marked, float error, out T top);
}
