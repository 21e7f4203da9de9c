using Oml.Sdk.Fingerprints.Text;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Generation.Watermarks;

internal sealed class KgwWatermark : TextWatermark
{
    private readonly TextKeySource _key;
    private readonly KgwOptions _options;

    public KgwWatermark(TextKeySource key, KgwOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _key = key;
        _options = new KgwOptions
        {
            Scheme = options.Scheme,
            VocabularySize = options.VocabularySize,
            GreenFraction = options.GreenFraction,
            Bias = options.Bias,
            ContextWidth = options.ContextWidth,
            SelfHashCandidates = options.SelfHashCandidates,
        };

        // A processor checks the options; told now, it does not cost the first token.
        using TextKey probe = TextKey.Import(new byte[TextKey.Size]);
        new KgwProcessor(probe, _options).Dispose();
    }

    internal override bool NeedsSampling => false;

    // Whether an undeclared size is the right one shows in the first logits only, and these are paid for.
    internal override void CheckVocabulary(int? vocabulary)
    {
        if (vocabulary is null)
        {
            throw new ArgumentException(
                $"The model does not declare how many logits it returns, and the KGW watermark is for {_options.VocabularySize}. Export it with a fixed " +
                "last dimension of its logits, or choose a SynthID watermark, which needs none.");
        }

        if (_options.VocabularySize != vocabulary)
        {
            throw new ArgumentException(
                $"The watermark is for a vocabulary of {_options.VocabularySize} tokens; the model's logits are {vocabulary}. " +
                $"Set {nameof(KgwOptions)}.{nameof(KgwOptions.VocabularySize)} to that, here and in detectors.");
        }
    }

    internal override WatermarkRun Start(Permission permission) =>
        _key.With(permission, key => new KgwRun(new KgwProcessor(key, _options)));
}
