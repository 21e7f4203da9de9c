namespace Oml.Sdk.Fingerprints.Text;

/// <summary>The colours of one scheme under one key.</summary>
/// <remarks>A colour is a coin that a seed and a token toss: the same two, the same coin. <see cref="Bias"/> is for one thread at a time, the rest for any number.</remarks>
internal interface IGreenList : IDisposable
{
    /// <summary>Whether the key is a number: then different n-grams may have the same coin, and different keys too.</summary>
    bool IsNumberKeyed { get; }

    /// <summary>Adds δ to the logits of green tokens.</summary>
    /// <param name="logits">V of them.</param>
    /// <param name="context">The tokens before, exactly as many as matter.</param>
    void Bias(Span<float> logits, ReadOnlySpan<int> context);

    /// <summary>The seeds of n-grams.</summary>
    /// <param name="tokens">The text.</param>
    /// <param name="starts">Where the n-grams begin.</param>
    /// <param name="seeds">As many as <paramref name="starts"/>.</param>
    void Seeds(ReadOnlySpan<int> tokens, ReadOnlySpan<int> starts, Span<ulong> seeds);

    /// <summary>For a key that is a number, how many of the upper bits of its low half certainly do not matter to the seeds of n-grams.</summary>
    /// <param name="tokens">The text.</param>
    /// <param name="starts">Where the n-grams begin.</param>
    /// <param name="freeBits">As many as <paramref name="starts"/>; 0 to <see cref="NumberKeyTail.SeedBits"/>.</param>
    void FreeBits(ReadOnlySpan<int> tokens, ReadOnlySpan<int> starts, Span<byte> freeBits);

    /// <summary>How many tokens are green.</summary>
    int CountGreen(ReadOnlySpan<ulong> seeds, ReadOnlySpan<int> targets, CancellationToken cancellationToken = default);
}
