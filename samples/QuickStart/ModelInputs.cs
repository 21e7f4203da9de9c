using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Oml.Sdk.Inference;

namespace QuickStart;

/// <summary>Inputs for any model: from files of raw elements, or made up from a seed.</summary>
internal sealed class ModelInputs(QuickStartOptions options)
{
    /// <exception cref="ArgumentException">A file does not fit the input that it is for.</exception>
    public InferenceInputs Create(ModelSignature signature, int seed)
    {
        Dictionary<string, string> paths = [];
        foreach (string file in options.Inputs)
        {
            string[] parts = file.Split('=', 2);
            string name = parts.Length == 2 ? parts[0] : signature.Inputs[0].Name;
            if (!signature.Inputs.Any(input => input.Name == name))
            {
                throw new ArgumentException($"The model has no input '{name}'; it takes {string.Join(", ", signature.Inputs)}.");
            }

            paths[name] = parts[^1];
        }

        InferenceInputs inputs = [];
        Random random = new(seed);
        foreach (TensorInfo info in signature.Inputs)
        {
            byte[]? bytes = paths.TryGetValue(info.Name, out string? path) ? File.ReadAllBytes(path) : null;
            inputs.Add(info.Name, Create(info, bytes, random));
        }

        return inputs;
    }

    private InputTensor Create(TensorInfo info, byte[]? bytes, Random random) => info.ElementType switch
    {
        TensorElementType.Float32 => Create(info, bytes, () => random.NextSingle()),
        TensorElementType.Float64 => Create(info, bytes, random.NextDouble),
        TensorElementType.Float16 => Create(info, bytes, () => (Half)random.NextSingle()),
        TensorElementType.Int8 => Create(info, bytes, () => (sbyte)random.Next(2)),
        TensorElementType.UInt8 => Create(info, bytes, () => (byte)random.Next(256)),
        TensorElementType.Int16 => Create(info, bytes, () => (short)random.Next(2)),
        TensorElementType.UInt16 => Create(info, bytes, () => (ushort)random.Next(2)),
        TensorElementType.Int32 => Create(info, bytes, () => random.Next(2)),
        TensorElementType.UInt32 => Create(info, bytes, () => (uint)random.Next(2)),
        TensorElementType.Int64 => Create(info, bytes, () => (long)random.Next(2)),
        TensorElementType.UInt64 => Create(info, bytes, () => (ulong)random.Next(2)),
        TensorElementType.Boolean => Create(info, bytes, () => random.Next(2) == 1),
        _ => CreateStrings(info),
    };

    private InputTensor<T> Create<T>(TensorInfo info, byte[]? bytes, Func<T> next)
        where T : unmanaged
    {
        long[] shape = ShapeOf(info, bytes is null ? null : bytes.Length / Unsafe.SizeOf<T>());
        long count = shape.Aggregate(1L, (product, dimension) => product * dimension);
        if (bytes is null)
        {
            T[] made = new T[count];
            for (int i = 0; i < made.Length; i++)
            {
                made[i] = next();
            }

            return new InputTensor<T>(made, shape);
        }

        return bytes.Length == count * Unsafe.SizeOf<T>()
            ? new InputTensor<T>(MemoryMarshal.Cast<byte, T>(bytes).ToArray(), shape)
            : throw new ArgumentException(
                $"The file for '{info}' holds {bytes.Length} bytes; {count * Unsafe.SizeOf<T>()} would fit, or a multiple where a dimension is open.");
    }

    private InputTensor<string> CreateStrings(TensorInfo info)
    {
        long[] shape = ShapeOf(info, null);
        return new InputTensor<string>(
            Enumerable.Repeat("text", (int)shape.Aggregate(1L, (product, dimension) => product * dimension)).ToArray(), shape);
    }

    // The first open dimension is taken for a batch, of one; the others are made up. From a file, the last takes what is there.
    private long[] ShapeOf(TensorInfo info, long? elements)
    {
        long[] shape = [.. info.Shape];
        int first = Array.FindIndex(shape, dimension => dimension < 0);
        int last = Array.FindLastIndex(shape, dimension => dimension < 0);
        for (int i = 0; i < shape.Length; i++)
        {
            shape[i] = shape[i] >= 0 ? shape[i] : i == first ? 1 : options.OpenDimension;
        }

        if (last >= 0 && elements is { } available)
        {
            shape[last] = 1;
            shape[last] = Math.Max(1, available / shape.Aggregate(1L, (product, dimension) => product * Math.Max(1, dimension)));
        }

        return shape;
    }
}
