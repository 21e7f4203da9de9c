namespace Oml.Sdk.Fingerprints.Text;

/// <summary>How a green list follows from the tokens before it. What one scheme marked, no other finds.</summary>
public enum KgwScheme
{
    /// <summary>
    /// Our own: every token of the vocabulary is green if its byte of AES-128 in counter mode, keyed by licensee and by the last
    /// <see cref="KgwOptions.ContextWidth"/> tokens, is below 256·γ. An order of magnitude faster to mark with than the next, and far more
    /// to find; secret; compatible with nothing else. The default; for tracing use this one.
    /// </summary>
    Aes = 0,

    /// <summary>
    /// The left hash of Kirchenbauer et al. 2023 (arXiv 2301.10226): a Mersenne Twister that is seeded with key × sum of the last
    /// <see cref="KgwOptions.ContextWidth"/> tokens permutes the vocabulary; its first ⌊γ·V⌋ are green. Compatible with the authors'
    /// <c>simple_1</c>, <c>lefthash</c> and <c>ff-additive_prf</c>, and at a width of 1 with <c>lefthash</c> of the transformers
    /// library; both when they ran on a CPU, as their generator on a GPU is another.
    /// </summary>
    LeftHash = 1,

    /// <summary>
    /// The self-hash of Kirchenbauer et al. 2023 (arXiv 2306.04634, "anchored min-hash"): the candidate itself takes part in the seed, so
    /// each of the likeliest candidates is tested against a list of its own. Compatible with the authors' <c>selfhash</c>,
    /// <c>algorithm-3</c> and <c>ff-anchored_minhash_prf-…-True</c> on a CPU. Costs a permutation for each candidate.
    /// </summary>
    SelfHash = 2,

    /// <summary>
    /// <see cref="SelfHash"/> as the transformers library has it (<c>selfhash</c> on a CPU): the table behind its hash is permuted with
    /// the key instead of a constant, and its width is 1 unless set.
    /// </summary>
    TransformersSelfHash = 3,
}
