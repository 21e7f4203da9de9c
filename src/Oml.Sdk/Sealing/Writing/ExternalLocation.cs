namespace Oml.Sdk.Sealing.Writing;

/// <summary>A file that a graph keeps weights in.</summary>
/// <param name="Path">What the graph calls it: relative to the graph's folder.</param>
/// <param name="Tensor">A tensor that is in it, to be named in errors.</param>
/// <param name="End">How many bytes it must have at least.</param>
internal sealed record ExternalLocation(string Path, string Tensor, long End);
