namespace Oml.Sdk.Sealing.Onnx;

/// <summary>A stretch of the bytes of a model.</summary>
internal readonly record struct ByteRange(int Start, int Length)
{
    public int End => Start + Length;

    public bool Contains(ByteRange other) => other.Start >= Start && other.End <= End;
}
