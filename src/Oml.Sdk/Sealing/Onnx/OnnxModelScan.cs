using System.Collections.Immutable;

namespace Oml.Sdk.Sealing.Onnx;

/// <summary>What was found in the bytes of a model.</summary>
internal sealed class OnnxModelScan
{
    /// <summary>The bytes themselves.</summary>
    public required ReadOnlyMemory<byte> Model { get; init; }

    /// <summary>The version of the format; 0 when the model does not say.</summary>
    public required long IrVersion { get; init; }

    public required ImmutableArray<OnnxOpset> OpsetImports { get; init; }

    /// <summary>The inputs of the graph; in old models also the initializers.</summary>
    public required ImmutableArray<string> InputNames { get; init; }

    public required ImmutableArray<string> OutputNames { get; init; }

    /// <summary>Every tensor whose values are in another file, wherever in the model it is, in the order of the bytes.</summary>
    public required ImmutableArray<ExternalTensor> ExternalTensors { get; init; }

    /// <summary>The large initializers of the model's own graph that could be moved to another file, in the order of the bytes.</summary>
    public required ImmutableArray<InlineTensor> LargeInlineTensors { get; init; }

    /// <summary>The names of the nodes that embed a compiled, native blob, wherever in the model they are.</summary>
    public required ImmutableArray<string> EpContextNodes { get; init; }

    /// <summary>Those of them that name a file with the blob instead of holding it.</summary>
    public required ImmutableArray<string> ForeignEpContextNodes { get; init; }
}
