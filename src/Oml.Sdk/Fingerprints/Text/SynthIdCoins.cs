using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Fingerprints.Text;

/// <summary>Makes the coins of a variant.</summary>
internal static class SynthIdCoins
{
    /// <summary>Under a licensee's key.</summary>
    public static ISynthIdCoins Create(ReadOnlySpan<byte> textKey, SynthIdSettings settings) => settings.Variant == SynthIdVariant.Aes
        ? new AesCoins(textKey, settings, KernelDispatch.Aes)
        : SynthIdKeys.Create(textKey, settings);

    /// <summary>The settings for given keys; without options, those of the reference implementation.</summary>
    /// <exception cref="ArgumentException">The keys are wrong, or the variant has none.</exception>
    public static SynthIdSettings Check(ReadOnlySpan<long> keys, SynthIdOptions? options)
    {
        SynthIdKeys.Check(keys, nameof(keys));
        SynthIdSettings settings = new(options ?? new SynthIdOptions { Variant = SynthIdVariant.Reference }, keys.Length, nameof(options));
        settings.UseGiven(keys);
        return settings.Variant == SynthIdVariant.Aes
            ? throw new ArgumentException(
                $"The variant {SynthIdVariant.Aes} is keyed by a {nameof(TextKey)}; numbers are the keys of the published variants.", nameof(options))
            : settings;
    }
}
