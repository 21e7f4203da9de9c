using Oml.Sdk.Inference;

namespace Oml.Sdk.Fingerprints;

/// <summary>How long the rows will be that a model's embedders mark: they keep the signs of one, an eighth of a byte an element. Thread-safe.</summary>
internal sealed class ExpectedRows
{
    private const int Unknown = 8 * 1024;
    private const int Most = 1024 * 1024;

    private int _length;

    /// <summary>The longest that was declared, within limits.</summary>
    public int Length => Volatile.Read(ref _length) is var length and > 0 ? length : Unknown;

    /// <summary>Takes note of an output. Two calls at once may lose one of them: that costs speed only.</summary>
    public void Expect(TensorInfo output)
    {
        if (!output.IsAnyRank && output.Shape.Length > 0)
        {
            int length = (int)Math.Clamp(output.Shape[^1], 0, Most);
            Volatile.Write(ref _length, Math.Max(length, Volatile.Read(ref _length)));
        }
    }
}
