namespace Oml.Sdk.Sealing;

/// <summary>How a model that lies in files is packed.</summary>
public sealed class ModelPackageOptions
{
    /// <summary>
    /// Whether initializers of 16 KiB and more that lie in the graph are sealed as a file of their own beside it, <c>model.onnx.weights</c>
    /// for <c>model.onnx</c>. A reader decrypts them into memory that is locked, left out of core dumps and cleared, where the runtime uses them;
    /// what stays in the graph passes through managed memory, and the runtime copies it.
    /// </summary>
    /// <value>
    /// The default is true. These stay in the graph all the same, since a runtime computes with them while it loads: the weights of
    /// convolutions and batch normalizations, what only constants are computed from, vectors of integers of up to 64 KiB, initializers that are
    /// inputs too, and values that the file keeps as lists of numbers instead of raw data.
    /// </value>
    public bool SeparateWeights { get; init; } = true;
}
