using Microsoft.ML.OnnxRuntime;
using Oml.Sdk.Inference;

namespace Oml.Sdk.OnnxRuntime;

/// <summary>Reads what a model declares out of an ONNX Runtime session.</summary>
internal static class SignatureReader
{
    /// <exception cref="ModelLoadException">An input or output is no tensor, or of a type that is not carried.</exception>
    public static ModelSignature Read(InferenceSession session, string model) => new(
        session.InputNames.Select(name => Read(model, "input", name, session.InputMetadata[name])),
        session.OutputNames.Select(name => Read(model, "output", name, session.OutputMetadata[name])),
        session.OverridableInitializerMetadata
            .Where(pair => Supported(pair.Value) is not null)
            .Select(pair => Read(model, "input", pair.Key, pair.Value)));

    private static TensorInfo Read(string model, string kind, string name, NodeMetadata metadata)
    {
        TensorElementType type = Supported(metadata) ?? throw new ModelLoadException(
            model,
            $"The {kind} '{name}' of '{model}' is {Describe(metadata)}; tensors of floating-point numbers (16, 32 or 64 bits), " +
            "integers, booleans and strings can be used.");
        long[] shape = [.. metadata.Dimensions.Select(dimension => (long)dimension)];

        // ONNX Runtime says "no dimensions" of a scalar and of an unknown rank alike; it refuses what a scalar cannot be itself.
        return new TensorInfo(name, type, shape, metadata.SymbolicDimensions, anyRank: shape.Length == 0);
    }

    private static TensorElementType? Supported(NodeMetadata metadata) =>
        metadata.OnnxValueType == OnnxValueType.ONNX_TYPE_TENSOR ? ElementTypeMap.FromOrt(metadata.ElementDataType) : null;

    private static string Describe(NodeMetadata metadata) => metadata.OnnxValueType == OnnxValueType.ONNX_TYPE_TENSOR
        ? $"a tensor of {metadata.ElementDataType}"
        : $"of kind {metadata.OnnxValueType}";
}
