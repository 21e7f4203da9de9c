using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Text;
using Oml.Sdk.Generation.Watermarks;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Generation;

/// <summary>A watermark that a <see cref="TextGenerator"/> puts into every text, keyed by the licensee of the session's permission.</summary>
/// <remarks>
/// <para>The key is that of the permission's model and fingerprint id, which <see cref="TextTracer"/> finds the licensee by. An
/// application that has no publisher's key is given its licensee's <see cref="TextKey"/> alone.</para>
/// <para>Immutable and thread-safe: every text has working memory of its own. The keys stay the caller's, who disposes them after the last
/// text. Closed: the kinds are those of the methods here.</para>
/// </remarks>
public abstract class TextWatermark
{
    private protected TextWatermark()
    {
    }

    /// <summary>Whether greedy decoding is refused.</summary>
    internal abstract bool NeedsSampling { get; }

    /// <summary>KGW: δ is added to the logits of green tokens (<see cref="KgwProcessor"/>).</summary>
    /// <param name="key">The publisher's key.</param>
    /// <param name="options">How to mark; the vocabulary is as large as the model's logits, which may be more than the tokenizer's.</param>
    /// <returns>The watermark.</returns>
    /// <remarks>It works with greedy decoding too, and is weak there where the likeliest token is so by more than δ.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static TextWatermark Kgw(FingerprintKey key, KgwOptions options) => new KgwWatermark(new TextKeySource(key), options);

    /// <summary>The same under a licensee's own key.</summary>
    /// <param name="key">The key, which marks whoever's permission the session has.</param>
    /// <param name="options">How to mark; the vocabulary is as large as the model's logits.</param>
    /// <returns>The watermark.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static TextWatermark Kgw(TextKey key, KgwOptions options) => new KgwWatermark(new TextKeySource(key), options);

    /// <summary>SynthID-Text: a tournament between the candidates that are left (<see cref="SynthIdProcessor"/>).</summary>
    /// <param name="key">The publisher's key.</param>
    /// <param name="options">How to mark; null for the defaults.</param>
    /// <returns>The watermark.</returns>
    /// <remarks>
    /// Greedy decoding is refused: the largest of what a tournament leaves is another text than that of the model, and hardly marked. Set
    /// <see cref="GenerationOptions.TopK"/>, as the cost grows with the candidates: 40 are usual.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static TextWatermark SynthId(FingerprintKey key, SynthIdOptions? options = null) => new SynthIdWatermark(new TextKeySource(key), options);

    /// <summary>The same under a licensee's own key.</summary>
    /// <param name="key">The key, which marks whoever's permission the session has.</param>
    /// <param name="options">How to mark; null for the defaults.</param>
    /// <returns>The watermark.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static TextWatermark SynthId(TextKey key, SynthIdOptions? options = null) => new SynthIdWatermark(new TextKeySource(key), options);

    /// <summary>Refuses a model that it cannot mark.</summary>
    /// <param name="vocabulary">V, or null if the model does not declare it.</param>
    /// <exception cref="ArgumentException">The vocabulary is of another size, or unknown where it must be known.</exception>
    internal abstract void CheckVocabulary(int? vocabulary);

    /// <summary>Begins a text.</summary>
    internal abstract WatermarkRun Start(Permission permission);
}
