using System.Buffers;
using System.Security.Cryptography;
using Oml.Sdk.Fingerprints.Kernels;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Fingerprints;

/// <summary>Marks the rows of an output one by one, with the signs of the carrier that their length and class choose.</summary>
/// <remarks>Kernels are for Float32; rows of Float16 and Float64 are marked by way of it.</remarks>
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
        _signs = GC.AllocateUninitializedArray<byte>(SignBytes(CarrierLayout.StreamLength(rowLength)) + LogitRows.Slack, pinned: true);
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
            TensorElementType.Float16 => MarkRows<HalfRows, Half>(output.GetSpan<Half>(), rowLength),
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

    /// <summary>Whether the mark is a factor of every element, or else something that is added.</summary>
    protected abstract bool IsFactor { get; }

    /// <summary>Whether the places where a row is largest stay those, and no others.</summary>
    protected abstract bool KeepsTop { get; }

    /// <summary>Whether a marked row of a coarser format still carries the mark.</summary>
    /// <param name="clean">The row.</param>
    /// <param name="leastPart">How much of its magnitude a change must be so that rounding does not swallow it.</param>
    /// <param name="leastChange">How much it must be besides.</param>
    protected virtual bool Survives(ReadOnlySpan<float> clean, float leastPart, float leastChange) => true;

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

    /// <summary>Marks whole rows of Float64.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="rowLength">Elements of a row.</param>
    /// <param name="refuseNonFinite">Whether to stop at a row with NaN or an infinity, or else to leave it.</param>
    protected virtual RowTally MarkDoubles(Span<double> data, int rowLength, bool refuseNonFinite) => MarkRows<DoubleRows, double>(data, rowLength);

    /// <summary>Marks a row, or leaves it bit for bit.</summary>
    /// <param name="row">At least one element, finite or not.</param>
    /// <param name="signs">A bit for each element, the lowest first, and <see cref="LogitRows.Slack"/> bytes more; 1 is minus.</param>
    protected virtual RowVerdict Mark(Span<float> row, ReadOnlySpan<byte> signs) => throw new NotSupportedException();

    private RowVerdict Mark(Span<float> row, ref readonly AesKeySchedule key, ReadOnlySpan<byte> prepared)
    {
        int offset = SignsByClass ? CarrierLayout.OffsetOf(row) / 8 : 0;
        return prepared.Length >= offset + SignBytes(row.Length) + LogitRows.Slack
            ? Mark(row, prepared[offset..])
            : MarkAnew(row, in key, offset);
    }

    // Makes the signs for this row alone.
    private RowVerdict MarkAnew(Span<float> row, ref readonly AesKeySchedule key, int offset)
    {
        int bytes = SignBytes(row.Length);
        byte[] rented = ArrayPool<byte>.Shared.Rent(bytes + LogitRows.Slack);
        try
        {
            // The cipher makes eight blocks at a time; a class may begin at any of them.
            ulong block = (ulong)offset / 16;
            ulong group = block & ~(ulong)(IAesBlocks.Blocks - 1);
            CarrierKeystream.Fill(in key, group, rented.AsSpan(0, bytes), KernelDispatch.Aes);
            return Mark(row, rented.AsSpan((int)(block - group) * 16));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }

    private RowTally MarkRows<TFormat, T>(Span<T> data, int rowLength)
        where TFormat : struct, IRowFormat<T>
        where T : unmanaged
    {
        float[] rented = ArrayPool<float>.Shared.Rent(TFormat.NeedsClean ? 2 * rowLength : rowLength);
        try
        {
            Span<float> wide = rented.AsSpan(0, rowLength);
            Span<float> clean = TFormat.NeedsClean ? rented.AsSpan(rowLength, rowLength) : default;
            int marked = 0;
            int rows = 0;
            for (; data.Length > 0; data = data[rowLength..], rows++)
            {
                Span<T> row = data[..rowLength];
                if (!TFormat.TryWiden(row, wide, out T max))
                {
                    if (_refuseNonFinite && TFormat.FirstNonFinite(row) >= 0)
                    {
                        return new RowTally(marked, rows - marked, rows);
                    }

                    continue;
                }

                if (TFormat.NeedsClean)
                {
                    wide.CopyTo(clean);
                }

                marked += Survives(wide, TFormat.LeastPart, TFormat.LeastChange)
                    && MarkRows(wide, rowLength, in _schedule[0], _signs, refuseNonFinite: true).Marked == 1
                    && TFormat.TryCarry(row, max, clean, wide, IsFactor, KeepsTop) ? 1 : 0;
            }

            return new RowTally(marked, rows - marked, -1);
        }
        finally
        {
            // A row beside its marked form would show the signs; marked alone it is what the caller has.
            ArrayPool<float>.Shared.Return(rented, clearArray: TFormat.NeedsClean);
        }
    }

    private static int FirstNonFinite(OutputTensor output, int row, int rowLength) => output.ElementType switch
    {
        TensorElementType.Float16 => HalfRows.FirstNonFinite(output.GetSpan<Half>().Slice(row * rowLength, rowLength)),
        TensorElementType.Float64 => DoubleRows.FirstNonFinite(output.GetSpan<double>().Slice(row * rowLength, rowLength)),
        _ => RowScan.FirstNonFinite(output.GetSpan<float>().Slice(row * rowLength, rowLength)),
    };

    // Whole groups of blocks, as the cipher makes them.
    private static int SignBytes(int elements) => (elements + (IAesBlocks.Bytes * 8) - 1) / (IAesBlocks.Bytes * 8) * IAesBlocks.Bytes;
}
