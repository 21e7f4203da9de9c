namespace Oml.Sdk.Fingerprints.Text;

/// <summary>Where the g-values of SynthID-Text come from. What one variant marked, no other finds.</summary>
public enum SynthIdVariant
{
    /// <summary>
    /// Hashes all the way, from an initial value that the keys determine (SHA-256): the authors' reference implementation. Its hash is no
    /// random function, which costs detectors some of their power: they allow for it by measuring.
    /// </summary>
    Reference = 0,

    /// <summary>
    /// A table of 65,536 bits that a Mersenne Twister (MT19937) drew, indexed by the low 16 bits of the hash: the transformers library on a
    /// CPU. Only the low 16 bits of the keys matter.
    /// </summary>
    TableMt19937 = 1,

    /// <summary>
    /// As <see cref="TableMt19937"/> with a table that Philox4x32-10 drew: the transformers library on a CUDA device (of 32
    /// multiprocessors or more; smaller ones order the numbers otherwise).
    /// </summary>
    TablePhilox = 2,

    /// <summary>
    /// Coins of AES-128, all layers of a candidate from one block: ours. As exact as AES is good, and the fastest. The default, and the
    /// one for tracing.
    /// </summary>
    Aes = 3,
}
