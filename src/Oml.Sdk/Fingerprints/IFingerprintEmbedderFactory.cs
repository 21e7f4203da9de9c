using Oml.Sdk.Inference;

namespace Oml.Sdk.Fingerprints;

/// <summary>Makes the embedder of each session. Thread-safe.</summary>
public interface IFingerprintEmbedderFactory
{
    /// <summary>Refuses a model's output that the embedder could not mark; called once, when the model is built.</summary>
    /// <param name="output">The declared output.</param>
    /// <exception cref="NotSupportedException">It cannot be marked; the message names it and says what can.</exception>
    void CheckOutput(TensorInfo output);

    /// <summary>Makes an embedder for one session.</summary>
    /// <param name="subject">The model and the licensee.</param>
    /// <returns>An embedder, which the caller disposes.</returns>
    IFingerprintEmbedder Create(FingerprintSubject subject);
}
