using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
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
        return (classAxis, output.ElementType) switch
        {
            ({ } axis, TensorElementType.Float32) => EmbedClasses<SingleTop, float>(output, axis),
            ({ } axis, TensorElementType.Float16) => EmbedClasses<HalfTop, Half>(output, axis),
            ({ } axis, TensorElementType.Float64) => EmbedClasses<DoubleTop, double>(output, axis),
            _ => base.Embed(output),
        };
    }

    protected override int LengthOfRow(OutputTensor output) => (int)(output.Shape.Length == 0 ? 1 : output.Length / output.Shape[0]);

    protected override bool SignsByClass => false;

    protected override RowVerdict Mark(Span<float> row, ReadOnlySpan<byte> signs)
    {
        float largest = RowScan.LargestMagnitude(row);
        if (!float.IsFinite(largest))
        {
            return RowVerdict.NonFinite;
        }

        // Some value that is not 0, and none that becomes infinite.
        if (largest is not (>= Smallest and < Largest))
        {
            return RowVerdict.Unmarked;
        }

        if (row.Length < CarrierLayout.BlockElements)
        {
            _values.Mark(row, error);
        }
        else
        {
            RowUpdate.Scale(row, signs, 1, error);
        }

        return RowVerdict.Marked;
    }

    protected override bool TryMark(Span<Half> row, HalfRange range, ReadOnlySpan<byte> signs)
    {
        if (range.Magnitude * error < HalfRows.LeastChange)
        {
            return false;
        }

        if (row.Length < CarrierLayout.BlockElements)
        {
            Span<float> wide = stackalloc float[row.Length];
            HalfRows.Widen(row, wide);
            _values.Mark(wide, error);
            HalfRows.Narrow(wide, row);

            // Before they were rounded, the values show their signs.
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(wide));
        }
        else
        {
            HalfUpdate.Scale(row, signs, 1, error);
        }

        return true;
    }

    protected override void Clear() => _values.Dispose();

    private FingerprintOutcome EmbedClasses<TTop, T>(OutputTensor output, int axis)
        where TTop : struct, IClassTop<T>
        where T : unmanaged, INumber<T>
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

        T[] before = ArrayPool<T>.Shared.Rent((int)output.Length);
        try
        {
            output.GetSpan<T>().CopyTo(before);
            FingerprintOutcome outcome = base.Embed(output);
            int restored = Lift<TTop, T>(before.AsSpan(0, (int)output.Length), output.GetSpan<T>(), LengthOfRow(output), classes, inner);
            return new FingerprintOutcome(outcome.MarkedRows - restored, outcome.UnmarkedRows + restored);
        }
        finally
        {
            ArrayPool<T>.Shared.Return(before, clearArray: true);
        }
    }

    // How many samples had to be brought back as they were, because what is largest in them has no number above it.
    private int Lift<TTop, T>(ReadOnlySpan<T> before, Span<T> data, int sampleLength, int classes, int inner)
        where TTop : struct, IClassTop<T>
        where T : unmanaged, INumber<T>
    {
        int places = sampleLength / classes;
        T[] rented = ArrayPool<T>.Shared.Rent(2 * places);
        try
        {
            Span<T> largest = rented.AsSpan(0, places);
            Span<T> marked = TTop.NeedsMarked ? rented.AsSpan(places, places) : default;
            int restored = 0;
            for (; data.Length > 0; data = data[sampleLength..], before = before[sampleLength..])
            {
                ReadOnlySpan<T> clean = before[..sampleLength];
                Span<T> sample = data[..sampleLength];
                if (clean.SequenceEqual(sample))
                {
                    continue;
                }

                ClassMaxima.Read(clean, classes, inner, largest);
                if (TTop.NeedsMarked)
                {
                    ClassMaxima.Read(sample, classes, inner, marked);
                }

                if (!ClassMaxima.TryLift<TTop, T>(clean, sample, classes, inner, largest, marked, error))
                {
                    clean.CopyTo(sample);
                    restored++;
                }
            }

            return restored;
        }
        finally
        {
            ArrayPool<T>.Shared.Return(rented, clearArray: true);
        }
    }
}
