using System.Buffers;
using Oml.Sdk.Fingerprints.Kernels;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Fingerprints;

/// <summary>Marks the samples of an output by a part of every value (docs/spec/fingerprint.md §13).</summary>
/// <param name="key">The licensee's key; what is needed of it is copied.</param>
/// <param name="sampleLength">The length of the samples to come.</param>
/// <param name="error">The part.</param>
/// <param name="classAxis">The dimension along which the largest value stays so, or null.</param>
/// <param name="refuseNonFinite">Whether to refuse samples with NaN or an infinity.</param>
internal sealed class RelativeFingerprintEmbedder(CarrierKey key, int sampleLength, float error, int? classAxis, bool refuseNonFinite)
    : RowFingerprintEmbedder(key, sampleLength, refuseNonFinite)
{
    // 2^127: what is below it stays finite.
    private const float Largest = 1.7014118e38f;

    // 2^-126, the smallest normal number.
    private const float Smallest = 1.17549435e-38f;

    private readonly ValueSigns _values = new(key);

    protected override bool IsFactor => true;

    protected override bool KeepsTop => false;

    public override FingerprintOutcome Embed(OutputTensor output)
    {
        ArgumentNullException.ThrowIfNull(output);
        return classAxis is { } axis && output.ElementType == TensorElementType.Float32 ? EmbedClasses(output, axis) : base.Embed(output);
    }

    protected override int LengthOfRow(OutputTensor output) => (int)(output.Shape.Length == 0 ? 1 : output.Length / output.Shape[0]);

    protected override bool SignsByClass => false;

    protected override bool Survives(ReadOnlySpan<float> clean, float leastPart, float leastChange) =>
        leastChange == 0 || RowScan.LargestMagnitude(clean) * error >= leastChange;

    protected override bool TryMark(Span<float> row, float max, ReadOnlySpan<byte> signs)
    {
        if (!CanGrow(row))
        {
            return false;
        }

        if (row.Length < CarrierLayout.BlockElements)
        {
            _values.Mark(row, error);
        }
        else
        {
            RowUpdate.Scale(row, signs, 1, error, float.PositiveInfinity, float.PositiveInfinity);
        }

        return true;
    }

    protected override void Clear() => _values.Dispose();

    // Some value that is not 0, and none that becomes infinite.
    private static bool CanGrow(ReadOnlySpan<float> row) => RowScan.LargestMagnitude(row) is >= Smallest and < Largest;

    private FingerprintOutcome EmbedClasses(OutputTensor output, int axis)
    {
        if (output.Shape.Length <= axis)
        {
            throw new NotSupportedException($"The output '{output.Name}' has {output.Shape.Length} dimensions, so none is its classes' dimension {axis}.");
        }

        int classes = (int)output.Shape[axis];
        if (output.Length == 0 || classes == 1)
        {
            return base.Embed(output);
        }

        int inner = 1;
        foreach (long dimension in output.Shape[(axis + 1)..])
        {
            inner *= (int)dimension;
        }

        Span<float> data = output.GetSpan<float>();
        float[] largest = ArrayPool<float>.Shared.Rent(data.Length / classes);
        try
        {
            ClassMaxima.Read(data, classes, inner, largest);
            float[] before = ArrayPool<float>.Shared.Rent(data.Length);
            try
            {
                data.CopyTo(before);
                FingerprintOutcome outcome = base.Embed(output);
                ClassMaxima.Lift(before.AsSpan(0, data.Length), data, classes, inner, largest, error, LengthOfRow(output));
                return outcome;
            }
            finally
            {
                ArrayPool<float>.Shared.Return(before, clearArray: true);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(largest, clearArray: true);
        }
    }
}
