namespace Oml.Sdk.Sealing.Onnx;

/// <summary>Which tensors keep their values inside the model.</summary>
/// <remarks>
/// A runtime computes shapes while it loads: it reads the targets of reshapes, the axes of slices, paddings and scales before it is
/// handed any values from outside, and refuses the model or optimizes less when it cannot. All of these are short vectors or scalars.
/// </remarks>
internal static class InlinePolicy
{
    /// <summary>Below this, a tensor stays inline whatever it is: a separate buffer would cost more than it holds.</summary>
    public const int SmallBytes = 1024;

    /// <summary>Up to this, a vector or scalar of integers or truth values stays inline: it may say what shape others have.</summary>
    public const int ShapeBytes = 64 * 1024;

    /// <summary>From this on, an initializer is moved out of a graph that is sealed: what stays with it is many small tensors, not the weights.</summary>
    public const int MovedBytes = 16 * 1024;

    /// <summary>Whether an external tensor must be made inline.</summary>
    /// <remarks>One that is not an initializer of the model's own graph must: a runtime takes only those from outside.</remarks>
    public static bool MustBeInline(ExternalTensor tensor) =>
        !tensor.IsTopLevelInitializer || MustBeInline(tensor.ElementType, tensor.Dims.Length, tensor.Length);

    /// <summary>Whether an inline tensor must stay as it is.</summary>
    public static bool MustBeInline(InlineTensor tensor) => MustBeInline(tensor.ElementType, tensor.Dims.Length, tensor.Data.Length);

    private static bool MustBeInline(int elementType, int rank, long bytes) =>
        bytes < SmallBytes || (rank <= 1 && bytes <= ShapeBytes && OnnxElementType.IsIntegerOrBool(elementType));
}
