using System.Buffers;
using System.Security.Cryptography;
using Oml.Sdk.Fingerprints.Kernels;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Fingerprints;

/// <summary>Marks the rows of an output one by one, with the signs of the carrier that their length and class choose.</summary>
/// <remarks>Rows of Float16 and Float64 are marked by way of Float32 (docs/spec/fingerprint.md §3.1).</remarks>
internal abstract class RowFingerprintEmbedder : IFingerprintEmbedder
{
    // One schedule and one row of signs, in memory that the collector does not move: no copy of them stays behind.
    private readonly AesKeySchedule[] _schedule = GC.AllocateArray<AesKeySchedule>(1, pinned: true);
    private readonly byte[] _signs;
    private readonly bool _refuseNonFinite;
    private volatile bool _disposed;

    /// <param name="key">The licensee's key; what is needed of it is copied.</param>
    /// <param name="rowLength">The length of the rows to come, for which the signs are made now; those of longer ones are made as they go.</param>
    /// <param name="refuseNonFinite">Whether to refuse rows with NaN or an infinity.</param>
    protected RowFingerprintEmbedder(CarrierKey key, int rowLength, bool refuseNonFinite)
    {
        key.ExpandStatic(out _schedule[0]);
        _signs = GC.AllocateUninitializedArray<byte>(RowSigns.Length(CarrierLayout.StreamLength(rowLength)) + LogitRows.Slack, pinned: true);
        CarrierKeystream.Fill(in _schedule[0], 0, _signs.AsSpan(0, _signs.Length - LogitRows.Slack), KernelDispatch.Aes);
        _refuseNonFinite = refuseNonFinite;
    }

    public virtual FingerprintOutcome Embed(OutputTensor output)
    {
        ArgumentNullException.ThrowIfNull(output);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (output.Length == 0)
        {
            return default;
        }

        int rowLength = LengthOfRow(output);
        RowTally tally = output.ElementType switch
        {
            TensorElementType.Float32 => MarkRows(output.GetSpan<float>(), rowLength, in _schedule[0], _signs, _refuseNonFinite),
            TensorElementType.Float16 => MarkHalves(output.GetSpan<Half>(), rowLength, _refuseNonFinite),
            TensorElementType.Float64 => MarkDoubles(output.GetSpan<double>(), rowLength, _refuseNonFinite),
            _ => throw new NotSupportedException(
                $"The output '{output.Name}' has elements of type {output.ElementType}; a fingerprint marks Float32, Float16 and Float64 outputs."),
        };

        // Disposed meanwhile, the carrier may have been cleared halfway: then this is not the mark, and must not count as one.
        Volatile.ReadBarrier();
        ObjectDisposedException.ThrowIf(_disposed, this);
        return tally.RefusedRow < 0
            ? new FingerprintOutcome(tally.Marked, tally.Unmarked)
            : throw new NonFiniteOutputException(output.Name, tally.RefusedRow, FirstNonFinite(output, tally.RefusedRow, rowLength));
    }

    public void Dispose()
    {
        _disposed = true;
        Interlocked.MemoryBarrier();
        _schedule[0].Clear();
        CryptographicOperations.ZeroMemory(_signs);
        Clear();
    }

    /// <summary>Clears what else is secret.</summary>
    protected virtual void Clear()
    {
    }

    /// <summary>How many elements are marked as one row.</summary>
    /// <param name="output">An output of at least one element.</param>
    protected virtual int LengthOfRow(OutputTensor output) => (int)output.RowLength;

    /// <summary>Whether the class of a short row chooses its signs.</summary>
    protected virtual bool SignsByClass => true;

    /// <summary>Whether the mark of a row of Float64 is a factor of every element, or else something that is added.</summary>
    protected abstract bool IsFactor { get; }

    /// <summary>Whether the places where a row is largest stay those, and no others.</summary>
    protected abstract bool KeepsTop { get; }

    /// <summary>Marks whole rows of at least one element.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="rowLength">Elements of a row.</param>
    /// <param name="key">The carrier's key.</param>
    /// <param name="signs">The first signs of the stream, and <see cref="LogitRows.Slack"/> bytes more.</param>
    /// <param name="refuseNonFinite">Whether to stop at a row with NaN or an infinity, or else to leave it.</param>
    protected virtual RowTally MarkRows(
        Span<float> data, int rowLength, ref readonly AesKeySchedule key, ReadOnlySpan<byte> signs, bool refuseNonFinite)
    {
        int marked = 0;
        int rows = 0;
        for (; data.Length > 0; data = data[rowLength..], rows++)
        {
            RowVerdict verdict = Mark(data[..rowLength], in key, signs);
            if (verdict == RowVerdict.NonFinite && refuseNonFinite)
            {
                return new RowTally(marked, rows - marked, rows);
            }

            marked += verdict == RowVerdict.Marked ? 1 : 0;
        }

        return new RowTally(marked, rows - marked, -1);
    }

    /// <summary>Marks whole rows of Float16.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="rowLength">Elements of a row.</param>
    /// <param name="refuseNonFinite">Whether to stop at a row with NaN or an infinity, or else to leave it.</param>
    protected virtual RowTally MarkHalves(Span<Half> data, int rowLength, bool refuseNonFinite)
    {
        int marked = 0;
        int rows = 0;
        for (; data.Length > 0; data = data[rowLength..], rows++)
        {
            Span<Half> row = data[..rowLength];
            if (HalfRange.TryRead(row, out HalfRange range))
            {
                marked += TryMark(row, range, in _schedule[0], _signs) ? 1 : 0;
            }
            else if (refuseNonFinite)
            {
                return new RowTally(marked, rows - marked, rows);
            }
        }

        return new RowTally(marked, rows - marked, -1);
    }

    /// <summary>Marks whole rows of Float64.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="rowLength">Elements of a row.</param>
    /// <param name="refuseNonFinite">Whether to stop at a row with NaN or an infinity, or else to leave it.</param>
    protected virtual RowTally MarkDoubles(Span<double> data, int rowLength, bool refuseNonFinite)
    {
        float[] rented = ArrayPool<float>.Shared.Rent(2 * rowLength);
        try
        {
            Span<float> wide = rented.AsSpan(0, rowLength);
            Span<float> clean = rented.AsSpan(rowLength, rowLength);
            int marked = 0;
            int rows = 0;
            for (; data.Length > 0; data = data[rowLength..], rows++)
            {
                Span<double> row = data[..rowLength];
                if (!DoubleRows.TryWiden(row, wide, out double max))
                {
                    if (refuseNonFinite && DoubleRows.FirstNonFinite(row) >= 0)
                    {
                        return new RowTally(marked, rows - marked, rows);
                    }

                    continue;
                }

                wide.CopyTo(clean);
                if (MarkRows(wide, rowLength, in _schedule[0], _signs, refuseNonFinite: true).Marked == 1)
                {
                    DoubleRows.Carry(row, max, clean, wide, IsFactor, KeepsTop);
                    marked++;
                }
            }

            return new RowTally(marked, rows - marked, -1);
        }
        finally
        {
            // A row beside its marked form would show the signs.
            ArrayPool<float>.Shared.Return(rented, clearArray: true);
        }
    }

    /// <summary>Marks a row, or leaves it bit for bit.</summary>
    /// <param name="row">At least one element, finite or not.</param>
    /// <param name="signs">A bit for each element, the lowest first, and <see cref="LogitRows.Slack"/> bytes more; 1 is minus.</param>
    protected virtual RowVerdict Mark(Span<float> row, ReadOnlySpan<byte> signs) => throw new NotSupportedException();

    /// <summary>Marks a row of Float16, or leaves it bit for bit.</summary>
    /// <param name="row">Finite elements.</param>
    /// <param name="range">Between which numbers they lie.</param>
    /// <param name="signs">A bit for each element, the lowest first, and <see cref="LogitRows.Slack"/> bytes more; 1 is minus.</param>
    protected virtual bool TryMark(Span<Half> row, HalfRange range, ReadOnlySpan<byte> signs) => throw new NotSupportedException();

    /// <summary>Marks a row of Float16, or leaves it bit for bit.</summary>
    /// <param name="row">Finite elements.</param>
    /// <param name="range">Between which numbers they lie.</param>
    /// <param name="key">The carrier's key.</param>
    /// <param name="prepared">The first signs of the stream, and <see cref="LogitRows.Slack"/> bytes more.</param>
    protected virtual bool TryMark(Span<Half> row, HalfRange range, ref readonly AesKeySchedule key, ReadOnlySpan<byte> prepared)
    {
        int offset = SignsByClass && CarrierLayout.IsByClass(row.Length)
            ? CarrierLayout.BlockElements / 8 * HalfRows.TopClass(row, range.Most)
            : 0;
        using RowSigns signs = new(in key, prepared, row.Length, offset);
        return TryMark(row, range, signs.Bits);
    }

    private RowVerdict Mark(Span<float> row, ref readonly AesKeySchedule key, ReadOnlySpan<byte> prepared)
    {
        using RowSigns signs = new(in key, prepared, row.Length, SignsByClass ? CarrierLayout.OffsetOf(row) / 8 : 0);
        return Mark(row, signs.Bits);
    }

    private static int FirstNonFinite(OutputTensor output, int row, int rowLength) => output.ElementType switch
    {
        TensorElementType.Float16 => HalfRows.FirstNonFinite(output.GetSpan<Half>().Slice(row * rowLength, rowLength)),
        TensorElementType.Float64 => DoubleRows.FirstNonFinite(output.GetSpan<double>().Slice(row * rowLength, rowLength)),
        _ => RowScan.FirstNonFinite(output.GetSpan<float>().Slice(row * rowLength, rowLength)),
    };
}
