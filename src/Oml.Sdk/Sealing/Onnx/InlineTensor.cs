using System.Collections.Immutable;

namespace Oml.Sdk.Sealing.Onnx;

/// <summary>An initializer of a model's own graph that holds its values as raw data, many of them.</summary>
internal sealed record InlineTensor
{
    public required string Name { get; init; }

    /// <summary>The number of its element type in ONNX.</summary>
    public required int ElementType { get; init; }

    public required ImmutableArray<long> Dims { get; init; }

    /// <summary>Where its values lie in the model.</summary>
    public required ByteRange Data { get; init; }

    /// <summary>Where its message lies in the model.</summary>
    public required ByteRange Range { get; init; }
}
