using Oml.Sdk.Fingerprints.Text;

namespace Oml.Sdk.Generation.Watermarks;

internal sealed class KgwRun(KgwProcessor processor) : WatermarkRun
{
    public override void Bias(Span<float> logits, ReadOnlySpan<int> tokens) => processor.Apply(logits, tokens);

    public override void Dispose() => processor.Dispose();
}
