using Oml.Sdk.Inference;

namespace Oml.Sdk.Fingerprints;

/// <summary>The embedders of one session, each for an output. Thread-safe.</summary>
/// <param name="byOutput">The outputs that were named, and what marks each.</param>
/// <param name="other">What marks the output that was not named, or null.</param>
internal sealed class EmbeddersByOutput(Dictionary<string, IFingerprintEmbedder> byOutput, IFingerprintEmbedder? other) : IFingerprintEmbedder
{
    public FingerprintOutcome Embed(OutputTensor output)
    {
        ArgumentNullException.ThrowIfNull(output);
        IFingerprintEmbedder? embedder = byOutput.GetValueOrDefault(output.Name) ?? other;
        return embedder?.Embed(output) ?? throw new NotSupportedException($"No fingerprint marks the output '{output.Name}'.");
    }

    public void Dispose()
    {
        foreach (IFingerprintEmbedder embedder in byOutput.Values)
        {
            embedder.Dispose();
        }

        other?.Dispose();
    }
}
