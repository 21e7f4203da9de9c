using Oml.Sdk.Inference;

namespace Oml.Sdk;

/// <summary>Zeros (or empty strings) of the shapes that a model declares.</summary>
internal static class WarmUpInputs
{
    // A quarter of a GiB of floats: what is larger is not worth a first call that is faster.
    private const long MaxElements = 64 * 1024 * 1024;

    public static InferenceInputs For(ModelSignature signature)
    {
        InferenceInputs inputs = [];
        foreach (TensorInfo info in signature.Inputs)
        {
            inputs.Add(info.Name, Zeros(info));
        }

        return inputs;
    }

    private static InputTensor Zeros(TensorInfo info)
    {
        long[] shape = [.. info.Shape.Select(dimension => dimension < 0 ? 1 : dimension)];
        long elements = TensorShape.CountElements(shape);
        int count = elements <= MaxElements ? (int)elements : throw new InferenceException(
            $"The input '{info.Name}' has {elements} elements, too many to warm up with; more than {MaxElements} are not made up.");
        return info.ElementType switch
        {
            TensorElementType.Float32 => new InputTensor<float>(new float[count], shape),
            TensorElementType.Float64 => new InputTensor<double>(new double[count], shape),
            TensorElementType.Float16 => new InputTensor<Half>(new Half[count], shape),
            TensorElementType.Int8 => new InputTensor<sbyte>(new sbyte[count], shape),
            TensorElementType.UInt8 => new InputTensor<byte>(new byte[count], shape),
            TensorElementType.Int16 => new InputTensor<short>(new short[count], shape),
            TensorElementType.UInt16 => new InputTensor<ushort>(new ushort[count], shape),
            TensorElementType.Int32 => new InputTensor<int>(new int[count], shape),
            TensorElementType.UInt32 => new InputTensor<uint>(new uint[count], shape),
            TensorElementType.Int64 => new InputTensor<long>(new long[count], shape),
            TensorElementType.UInt64 => new InputTensor<ulong>(new ulong[count], shape),
            TensorElementType.Boolean => new InputTensor<bool>(new bool[count], shape),
            TensorElementType.String => new InputTensor<string>(Enumerable.Repeat(string.Empty, count).ToArray(), shape),
            _ => throw new NotSupportedException($"The input '{info.Name}' has the unknown element type {info.ElementType}."),
        };
    }
}
