using Oml.Sdk.Inference;
using OrtElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace Oml.Sdk.OnnxRuntime;

/// <summary>Our element types and ONNX Runtime's.</summary>
internal static class ElementTypeMap
{
    public static OrtElementType ToOrt(TensorElementType type) => type switch
    {
        TensorElementType.Float32 => OrtElementType.Float,
        TensorElementType.Float64 => OrtElementType.Double,
        TensorElementType.Float16 => OrtElementType.Float16,
        TensorElementType.Int8 => OrtElementType.Int8,
        TensorElementType.UInt8 => OrtElementType.UInt8,
        TensorElementType.Int16 => OrtElementType.Int16,
        TensorElementType.UInt16 => OrtElementType.UInt16,
        TensorElementType.Int32 => OrtElementType.Int32,
        TensorElementType.UInt32 => OrtElementType.UInt32,
        TensorElementType.Int64 => OrtElementType.Int64,
        TensorElementType.UInt64 => OrtElementType.UInt64,
        TensorElementType.Boolean => OrtElementType.Bool,
        TensorElementType.String => OrtElementType.String,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "This is no tensor element type."),
    };

    /// <returns>Null for a type that this library does not carry, such as bfloat16.</returns>
    public static TensorElementType? FromOrt(OrtElementType type) => type switch
    {
        OrtElementType.Float => TensorElementType.Float32,
        OrtElementType.Double => TensorElementType.Float64,
        OrtElementType.Float16 => TensorElementType.Float16,
        OrtElementType.Int8 => TensorElementType.Int8,
        OrtElementType.UInt8 => TensorElementType.UInt8,
        OrtElementType.Int16 => TensorElementType.Int16,
        OrtElementType.UInt16 => TensorElementType.UInt16,
        OrtElementType.Int32 => TensorElementType.Int32,
        OrtElementType.UInt32 => TensorElementType.UInt32,
        OrtElementType.Int64 => TensorElementType.Int64,
        OrtElementType.UInt64 => TensorElementType.UInt64,
        OrtElementType.Bool => TensorElementType.Boolean,
        OrtElementType.String => TensorElementType.String,
        _ => null,
    };
}
