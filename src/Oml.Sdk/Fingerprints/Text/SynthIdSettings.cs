namespace Oml.Sdk.Fingerprints.Text;

/// <summary>Options that were checked.</summary>
internal sealed class SynthIdSettings
{
    /// <param name="options">The options.</param>
    /// <param name="depth">How many keys were given; null to take the number from the options.</param>
    /// <param name="parameterName">What the caller calls the options.</param>
    public SynthIdSettings(SynthIdOptions options, int? depth, string parameterName)
    {
        Depth = depth ?? Between(options.Depth, 1, SynthIdOptions.MaxDepth, nameof(options.Depth), parameterName);
        NgramLength = Between(options.NgramLength, 2, SynthIdOptions.MaxNgramLength, nameof(options.NgramLength), parameterName);
        ContextHistory = Between(options.ContextHistory, 1, SynthIdOptions.MaxContextHistory, nameof(options.ContextHistory), parameterName);
        Leaves = Between(options.Leaves, 2, SynthIdOptions.MaxLeaves, nameof(options.Leaves), parameterName);
        Variant = options.Variant;
        Table = options.Variant switch
        {
            SynthIdVariant.Aes or SynthIdVariant.Reference => null,
            SynthIdVariant.TableMt19937 or SynthIdVariant.TablePhilox => SynthIdTable.Get(options.Variant, options.TableSeed),
            _ => throw new ArgumentOutOfRangeException(
                parameterName, options.Variant, $"{nameof(options.Variant)} is one of {nameof(SynthIdVariant)}."),
        };
        Weights = options.Weighting switch
        {
            SynthIdWeighting.Even => [.. Enumerable.Repeat(1.0, Depth)],
            SynthIdWeighting.Falling => [.. Enumerable.Range(0, Depth).Select(layer => 10 - (9.0 * layer / Math.Max(1, Depth - 1)))],
            _ => throw new ArgumentOutOfRangeException(
                parameterName, options.Weighting, $"{nameof(options.Weighting)} is one of {nameof(SynthIdWeighting)}."),
        };
    }

    public SynthIdVariant Variant { get; }

    public int Depth { get; }

    public int NgramLength { get; }

    /// <summary>H, how many tokens before a token its g-values depend on.</summary>
    public int Previous => NgramLength - 1;

    public int ContextHistory { get; }

    public int Leaves { get; }

    /// <summary>A bit a byte, or null for the variants without a table.</summary>
    public byte[]? Table { get; }

    /// <summary>What each layer counts.</summary>
    public double[] Weights { get; }

    /// <summary>Whether the keys of the layers were given, and not drawn: then they may be related.</summary>
    public bool HasGivenKeys { get; private set; }

    /// <summary>
    /// Says which keys were given. Layers whose keys agree in all that a table looks at count as one: they toss the same coins, which a sum of
    /// independent ones would take for many.
    /// </summary>
    public void UseGiven(ReadOnlySpan<long> keys)
    {
        HasGivenKeys = true;
        Dictionary<ushort, int> first = [];
        for (int layer = 0; Table is not null && layer < keys.Length; layer++)
        {
            if (!first.TryAdd((ushort)keys[layer], layer))
            {
                Weights[first[(ushort)keys[layer]]] += Weights[layer];
                Weights[layer] = 0;
            }
        }
    }

    private static int Between(int value, int least, int most, string name, string parameterName) => value >= least && value <= most
        ? value
        : throw new ArgumentOutOfRangeException(parameterName, value, $"{name} is {least} to {most}.");
}
