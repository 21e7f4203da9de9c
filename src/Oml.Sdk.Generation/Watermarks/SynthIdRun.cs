using Oml.Sdk.Fingerprints.Text;

namespace Oml.Sdk.Generation.Watermarks;

internal sealed class SynthIdRun(SynthIdProcessor processor) : WatermarkRun
{
    // Without the prompt, as the published implementations have it: or the same prompt would always begin in the same way.
    public override void Tournament(Span<float> scores, ReadOnlySpan<int> candidates, ReadOnlySpan<int> generated)
    {
        if (candidates.IsEmpty)
        {
            processor.Apply(scores, generated);
        }
        else
        {
            processor.Apply(scores, candidates, generated);
        }
    }

    public override void Dispose() => processor.Dispose();
}
