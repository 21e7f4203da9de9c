using System.Collections.Immutable;

namespace Oml.Sdk.Inference;

/// <summary>A weight of the model that is not in its graph but in an <see cref="ExternalDataFile"/>. Immutable and thread-safe.</summary>
/// <param name="Name">The name of the initializer in the graph.</param>
/// <param name="DataType">The type of its elements: a number of ONNX's <c>TensorProto.DataType</c>, e.g. 1 for float.</param>
/// <param name="Dimensions">Its shape; empty for a scalar.</param>
/// <param name="File">The file that holds it.</param>
/// <param name="Offset">Where in the file it starts, in bytes.</param>
/// <param name="Length">How many bytes it has; offset and length are within the file.</param>
public sealed record ExternalInitializer(
    string Name, int DataType, ImmutableArray<long> Dimensions, ExternalDataFile File, long Offset, long Length);
