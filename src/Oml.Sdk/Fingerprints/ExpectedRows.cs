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

    /// <summary>Takes note of an output whose last dimension is a row. Two calls at once may lose one of them: that costs speed only.</summary>
    public void Expect(TensorInfo output)
    {
        if (!output.IsAnyRank && output.Shape.Length > 0)
        {
            Expect(output.Shape[^1]);
        }
    }

    /// <summary>Takes note of an output of which all dimensions but the first are a row.</summary>
    public void ExpectSamples(TensorInfo output)
    {
        long length = 1;
        for (int i = 1; !output.IsAnyRank && i < output.Shape.Length && length < Most; i++)
        {
            length *= Math.Clamp(output.Shape[i], 1, Most);
        }

        Expect(length);
    }

    private void Expect(long length) =>
        Volatile.Write(ref _length, Math.Max((int)Math.Clamp(length, 0, Most), Volatile.Read(ref _length)));
}
