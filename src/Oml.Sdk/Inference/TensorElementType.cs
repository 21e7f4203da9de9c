namespace Oml.Sdk.Inference;

/// <summary>The type of the elements of a tensor.</summary>
public enum TensorElementType
{
    /// <summary>IEEE 754 binary32, <see cref="float"/>.</summary>
    Float32 = 1,

    /// <summary>IEEE 754 binary64, <see cref="double"/>.</summary>
    Float64 = 2,

    /// <summary>IEEE 754 binary16, <see cref="Half"/>.</summary>
    Float16 = 3,

    /// <summary><see cref="sbyte"/>.</summary>
    Int8 = 4,

    /// <summary><see cref="byte"/>.</summary>
    UInt8 = 5,

    /// <summary><see cref="short"/>.</summary>
    Int16 = 6,

    /// <summary><see cref="ushort"/>.</summary>
    UInt16 = 7,

    /// <summary><see cref="int"/>.</summary>
    Int32 = 8,

    /// <summary><see cref="uint"/>.</summary>
    UInt32 = 9,

    /// <summary><see cref="long"/>.</summary>
    Int64 = 10,

    /// <summary><see cref="ulong"/>.</summary>
    UInt64 = 11,

    /// <summary><see cref="bool"/>, one byte an element.</summary>
    Boolean = 12,

    /// <summary><see cref="string"/>, UTF-8 in the runtime.</summary>
    String = 13,
}
