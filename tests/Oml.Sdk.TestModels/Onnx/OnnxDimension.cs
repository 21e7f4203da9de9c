namespace Oml.Sdk.TestModels;

/// <summary>One dimension of an input or output: a number, or a name for a length that is known only when the model runs.</summary>
public readonly record struct OnnxDimension
{
    private OnnxDimension(long length, string? name)
    {
        Length = length;
        Name = name;
    }

    /// <summary>The length of a fixed dimension; 0 when it has a name.</summary>
    public long Length { get; }

    /// <summary>The name of a dynamic dimension; null when it is fixed.</summary>
    public string? Name { get; }

    /// <summary>A fixed dimension.</summary>
    public static implicit operator OnnxDimension(long length) => FromInt64(length);

    /// <summary>A dynamic dimension.</summary>
    public static implicit operator OnnxDimension(string name) => FromString(name);

    /// <summary>A fixed dimension.</summary>
    public static OnnxDimension FromInt64(long length) => new(length, null);

    /// <summary>A dynamic dimension.</summary>
    public static OnnxDimension FromString(string name) => new(0, name);

    internal void Write(ProtobufWriter writer)
    {
        if (Name is null)
        {
            writer.Integer(1, Length);
        }
        else
        {
            writer.Text(2, Name);
        }
    }
}
