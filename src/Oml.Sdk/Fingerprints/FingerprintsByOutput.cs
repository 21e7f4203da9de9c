using Oml.Sdk.Inference;

namespace Oml.Sdk.Fingerprints;

/// <summary>Several fingerprints of one model, each for outputs of its own. Thread-safe.</summary>
/// <param name="byOutput">The outputs that were named, and what marks each.</param>
/// <param name="other">What marks the output that was not named, or null.</param>
internal sealed class FingerprintsByOutput(IReadOnlyDictionary<string, IFingerprintEmbedderFactory> byOutput, IFingerprintEmbedderFactory? other)
    : IFingerprintEmbedderFactory
{
    public void CheckOutput(TensorInfo output) =>
        (byOutput.GetValueOrDefault(output.Name) ?? other ?? throw new NotSupportedException($"No fingerprint marks the output '{output.Name}'."))
        .CheckOutput(output);

    public IFingerprintEmbedder Create(FingerprintSubject subject)
    {
        // One that fails must not leave the keys of those before it in memory.
        Dictionary<string, IFingerprintEmbedder> embedders = new(StringComparer.Ordinal);
        try
        {
            foreach ((string name, IFingerprintEmbedderFactory factory) in byOutput)
            {
                embedders.Add(name, factory.Create(subject));
            }

            return new EmbeddersByOutput(embedders, other?.Create(subject));
        }
        catch
        {
            foreach (IFingerprintEmbedder embedder in embedders.Values)
            {
                embedder.Dispose();
            }

            throw;
        }
    }
}
