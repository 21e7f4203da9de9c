namespace Oml.Sdk.Fingerprints.Text;

/// <summary>How a SynthID-Text watermark (Dathathri et al., Nature 634, 2024) is made and found. The detector needs the same as the processor.</summary>
/// <remarks>Read when a processor, a detector or a tracer is made; later changes have no effect. Not thread-safe.</remarks>
public sealed class SynthIdOptions
{
    /// <summary>The default of <see cref="Depth"/>.</summary>
    public const int DefaultDepth = 30;

    /// <summary>The largest <see cref="Depth"/>.</summary>
    public const int MaxDepth = 64;

    /// <summary>The default of <see cref="NgramLength"/>.</summary>
    public const int DefaultNgramLength = 5;

    /// <summary>The largest <see cref="NgramLength"/>.</summary>
    public const int MaxNgramLength = 32;

    /// <summary>The default of <see cref="ContextHistory"/>.</summary>
    public const int DefaultContextHistory = 1024;

    /// <summary>The largest <see cref="ContextHistory"/>.</summary>
    public const int MaxContextHistory = 65536;

    /// <summary>The default of <see cref="Leaves"/>.</summary>
    public const int DefaultLeaves = 2;

    /// <summary>The largest <see cref="Leaves"/>.</summary>
    public const int MaxLeaves = 64;

    /// <summary>Where g-values come from.</summary>
    /// <value>The default value is <see cref="SynthIdVariant.Aes"/>.</value>
    public SynthIdVariant Variant { get; set; } = SynthIdVariant.Aes;

    /// <summary>m, the layers of the tournament. Where keys are given, one by one, their number counts instead.</summary>
    /// <value>The default value is 30. 1 to 64.</value>
    public int Depth { get; set; } = DefaultDepth;

    /// <summary>How many tokens make a g-value: the candidate and those before it.</summary>
    /// <value>The default value is 5. 2 to 32.</value>
    public int NgramLength { get; set; } = DefaultNgramLength;

    /// <summary>A context that is among so many last ones is not marked again, and not counted in detection.</summary>
    /// <value>The default value is 1024. 1 to 65536.</value>
    public int ContextHistory { get; set; } = DefaultContextHistory;

    /// <summary>
    /// N, how many candidates meet in a match. With 2 the distribution of a token stays, over all keys, what it was; with more the mark
    /// is stronger and the distribution is distorted.
    /// </summary>
    /// <value>The default value is 2. 2 to 64. Detectors do not use it.</value>
    public int Leaves { get; set; } = DefaultLeaves;

    /// <summary>For the two variants with a table: what seeds it (<c>sampling_table_seed</c>).</summary>
    /// <value>The default value is 0, that of the transformers library.</value>
    public ulong TableSeed { get; set; }

    /// <summary>How much each layer counts in detection.</summary>
    /// <value>The default value is <see cref="SynthIdWeighting.Falling"/>. Processors do not use it.</value>
    public SynthIdWeighting Weighting { get; set; } = SynthIdWeighting.Falling;
}
