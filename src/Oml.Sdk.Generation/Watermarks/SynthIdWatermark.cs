using Oml.Sdk.Fingerprints.Text;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Generation.Watermarks;

internal sealed class SynthIdWatermark : TextWatermark
{
    private readonly TextKeySource _key;
    private readonly SynthIdOptions _options;

    public SynthIdWatermark(TextKeySource key, SynthIdOptions? options)
    {
        options ??= new SynthIdOptions();
        _key = key;
        _options = new SynthIdOptions
        {
            Variant = options.Variant,
            Depth = options.Depth,
            NgramLength = options.NgramLength,
            ContextHistory = options.ContextHistory,
            Leaves = options.Leaves,
            TableSeed = options.TableSeed,
            Weighting = options.Weighting,
        };

        // A processor checks the options; told now, it does not cost the first token.
        using TextKey probe = TextKey.Import(new byte[TextKey.Size]);
        new SynthIdProcessor(probe, _options).Dispose();
    }

    internal override bool NeedsSampling => true;

    internal override void CheckVocabulary(int? vocabulary)
    {
        // Any vocabulary will do: g-values are hashes of tokens.
    }

    internal override WatermarkRun Start(Permission permission) =>
        _key.With(permission, key => new SynthIdRun(new SynthIdProcessor(key, _options)));
}
