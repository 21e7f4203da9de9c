using Oml.Sdk.Inference;

namespace Oml.Sdk.Fingerprints;

/// <summary>The seam that marks outputs: changes a model's output in place so that it can be traced to one licensee.</summary>
/// <remarks>
/// <para>One embedder serves one session: a factory made it for one model and one licensee. The contract, which
/// <c>FingerprintEmbedderContract</c> of Oml.Sdk.Testing checks:</para>
/// <list type="bullet">
/// <item><b>Threads</b>: any number of callers at once, each with an output of its own.</item>
/// <item><b>Cost</b>: no allocation and no input or output; a key schedule is made when the embedder is.</item>
/// <item><b>Effect</b>: the result is a function of the row, the model and the licensee alone. What an embedder keeps (for
/// logits: the top-1 class of every row) it keeps exactly.</item>
/// <item><b>Errors</b>: after an exception the output is unusable and the facade disposes it.</item>
/// </list>
/// </remarks>
public interface IFingerprintEmbedder : IDisposable
{
    /// <summary>Marks an output in place.</summary>
    /// <param name="output">An output that the factory's <see cref="IFingerprintEmbedderFactory.CheckOutput"/> accepted.</param>
    /// <returns>How many rows were marked and how many were left as they were.</returns>
    /// <exception cref="ObjectDisposedException">The embedder was disposed, before the call or during it.</exception>
    /// <exception cref="NonFiniteOutputException">A row holds NaN or an infinity and the options say to refuse such outputs.</exception>
    FingerprintOutcome Embed(OutputTensor output);
}
