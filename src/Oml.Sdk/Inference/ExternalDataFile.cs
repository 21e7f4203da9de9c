namespace Oml.Sdk.Inference;

/// <summary>A file that a model's graph refers to for its weights, and whose bytes lie in native memory instead.</summary>
/// <remarks>Immutable. The memory belongs to whoever made the model source and stays valid, and unchanged, until the backend was disposed.</remarks>
/// <param name="Location">What the graph calls it: a relative path with <c>/</c> between names.</param>
/// <param name="Address">Where its first byte is.</param>
/// <param name="Length">How many bytes it has.</param>
public sealed record ExternalDataFile(string Location, nint Address, long Length);
