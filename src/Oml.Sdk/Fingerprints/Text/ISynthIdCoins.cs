namespace Oml.Sdk.Fingerprints.Text;

/// <summary>The g-values of one variant under one key: bit l of an n-gram's number is that of layer l. Thread-safe until it is disposed.</summary>
internal interface ISynthIdCoins : IDisposable
{
    /// <summary>The g-values of candidates.</summary>
    /// <param name="context">The tokens before, exactly as many as matter.</param>
    /// <param name="candidates">The tokens; a multiple of <see cref="Tournament.Step"/>, as vectors of different widths overlap otherwise.</param>
    /// <param name="bits">As many as candidates.</param>
    void OfCandidates(ReadOnlySpan<int> context, ReadOnlySpan<int> candidates, Span<ulong> bits);

    /// <summary>The g-values of the n-grams of a text.</summary>
    void OfWindows(SynthIdWindows windows, Span<ulong> bits);
}
