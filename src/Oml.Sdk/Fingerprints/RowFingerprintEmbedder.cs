using System.Buffers;
using Oml.Sdk.Fingerprints.Kernels;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Fingerprints;

/// <summary>Marks the rows of Float32 outputs one by one, with the signs of the static carrier that their length and class choose.</summary>
/// <param name="key">The licensee's key; what is needed of it is copied.</param>
/// <param name="refuseNonFinite">Whether to refuse rows with NaN or an infinity.</param>
internal abstract class RowFingerprintEmbedder(CarrierKey key, bool refuseNonFinite) : IFingerprintEmbedder
{
    private readonly AesKeySchedule[] _schedule = Expand(key);
    private volatile bool _disposed;

    public FingerprintOutcome Embed(OutputTensor output)
    {
        ArgumentNullException.ThrowIfNull(output);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (output.ElementType != TensorElementType.Float32)
        {
            throw new NotSupportedException($"The output '{output.Name}' has elements of type {output.ElementType}; this fingerprint marks Float32 outputs.");
        }

        Span<float> data = output.GetSpan<float>();
        int rowLength = (int)output.RowLength;
        int marked = 0;
        int rows = 0;
        for (; data.Length > 0; data = data[rowLength..], rows++)
        {
            Span<float> row = data[..rowLength];
            int wrong = RowScan.FirstNonFinite(row);
            if (wrong >= 0 && refuseNonFinite)
            {
                throw new NonFiniteOutputException(output.Name, rows, wrong);
            }

            marked += wrong < 0 && TryMark(row) ? 1 : 0;
        }

        // Disposed meanwhile, the carrier may have been cleared halfway: then this is not the mark, and must not count as one.
        Interlocked.MemoryBarrier();
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new FingerprintOutcome(marked, rows - marked);
    }

    public void Dispose()
    {
        _disposed = true;
        Interlocked.MemoryBarrier();
        _schedule[0].Clear();
    }

    /// <summary>Marks a row of finite elements, or leaves it bit for bit.</summary>
    /// <param name="row">The row.</param>
    /// <param name="signs">A bit for each element, the lowest first; 1 is minus.</param>
    protected abstract bool TryMark(Span<float> row, ReadOnlySpan<byte> signs);

    protected static bool IsMinus(ReadOnlySpan<byte> signs, int index) => ((signs[index >> 3] >> (index & 7)) & 1) != 0;

    private bool TryMark(Span<float> row)
    {
        int bytes = (row.Length + (IAesBlocks.Bytes * 8) - 1) / (IAesBlocks.Bytes * 8) * IAesBlocks.Bytes;
        byte[] rented = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            Span<byte> signs = rented.AsSpan(0, bytes);
            CarrierKeystream.Fill(in _schedule[0], (ulong)CarrierLayout.OffsetOf(row) / CarrierLayout.BlockElements, signs, KernelDispatch.Aes);
            return TryMark(row, signs);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }

    private static AesKeySchedule[] Expand(CarrierKey key)
    {
        AesKeySchedule[] schedule = GC.AllocateArray<AesKeySchedule>(1, pinned: true);
        key.ExpandStatic(out schedule[0]);
        return schedule;
    }
}
