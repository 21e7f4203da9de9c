namespace Oml.Sdk.Inference;

/// <summary>Which .NET type stands for which <see cref="TensorElementType"/>.</summary>
public static class TensorElementTypes
{
    /// <summary>The element type that a .NET type stands for.</summary>
    /// <typeparam name="T">One of the types that <see cref="TensorElementType"/> lists.</typeparam>
    /// <returns>The element type.</returns>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> is no tensor element type.</exception>
    public static TensorElementType Of<T>() => TypeOf<T>.Value ?? throw new NotSupportedException(
        $"{typeof(T)} is not a tensor element type; use float, double, Half, a signed or unsigned integer of 8 to 64 bits, bool or string.");

    /// <summary>How many bytes an element takes in a tensor's memory.</summary>
    /// <param name="type">Any element type except <see cref="TensorElementType.String"/>.</param>
    /// <returns>1, 2, 4 or 8.</returns>
    /// <exception cref="NotSupportedException"><paramref name="type"/> is <see cref="TensorElementType.String"/>, whose elements have no fixed size.</exception>
    public static int SizeInBytes(TensorElementType type) => type switch
    {
        TensorElementType.Int8 or TensorElementType.UInt8 or TensorElementType.Boolean => 1,
        TensorElementType.Float16 or TensorElementType.Int16 or TensorElementType.UInt16 => 2,
        TensorElementType.Float32 or TensorElementType.Int32 or TensorElementType.UInt32 => 4,
        TensorElementType.Float64 or TensorElementType.Int64 or TensorElementType.UInt64 => 8,
        _ => throw new NotSupportedException($"Elements of type {type} have no fixed size."),
    };

    private static TensorElementType? Find(Type type)
    {
        if (type == typeof(string))
        {
            return TensorElementType.String;
        }

        if (type == typeof(Half))
        {
            return TensorElementType.Float16;
        }

        // An enum has the type code of its underlying type and is not meant here.
        return type.IsEnum ? null : Type.GetTypeCode(type) switch
        {
            TypeCode.Single => TensorElementType.Float32,
            TypeCode.Double => TensorElementType.Float64,
            TypeCode.SByte => TensorElementType.Int8,
            TypeCode.Byte => TensorElementType.UInt8,
            TypeCode.Int16 => TensorElementType.Int16,
            TypeCode.UInt16 => TensorElementType.UInt16,
            TypeCode.Int32 => TensorElementType.Int32,
            TypeCode.UInt32 => TensorElementType.UInt32,
            TypeCode.Int64 => TensorElementType.Int64,
            TypeCode.UInt64 => TensorElementType.UInt64,
            TypeCode.Boolean => TensorElementType.Boolean,
            _ => null,
        };
    }

    private static class TypeOf<T>
    {
        public static readonly TensorElementType? Value = Find(typeof(T));
    }
}
