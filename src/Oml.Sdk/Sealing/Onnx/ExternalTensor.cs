using System.Collections.Immutable;

namespace Oml.Sdk.Sealing.Onnx;

/// <summary>A tensor of a model whose values are in another file.</summary>
internal sealed record ExternalTensor
{
    /// <summary>Its name; may be empty where it is not an initializer.</summary>
    public required string Name { get; init; }

    /// <summary>The number of its element type in ONNX.</summary>
    public required int ElementType { get; init; }

    public required ImmutableArray<long> Dims { get; init; }

    /// <summary>The file, relative to the model's folder; <see cref="ExternalDataPath"/> accepts it.</summary>
    public required string Location { get; init; }

    /// <summary>Where in the file its values start.</summary>
    public required long Offset { get; init; }

    /// <summary>How many bytes they take: what the model says or, where it does not, what type and dimensions say.</summary>
    public required long Length { get; init; }

    /// <summary>Whether it is an initializer of the model's own graph, the only kind that a runtime can be handed from outside.</summary>
    public required bool IsTopLevelInitializer { get; init; }

    /// <summary>Where its message lies in the model.</summary>
    public required ByteRange Range { get; init; }
}
