using System.Security.Cryptography;
using Oml.Sdk.Fingerprints.Kernels;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Fingerprints;

/// <summary>Marks the rows of Float32 outputs for one licensee of one model.</summary>
internal sealed class LogitFingerprintEmbedder : IFingerprintEmbedder
{
    private readonly float _relativeAmplitude;
    private readonly bool _refuseNonFinite;

    // One schedule, in memory that the collector does not move: no copy of it stays behind.
    private readonly AesKeySchedule[] _schedule = GC.AllocateArray<AesKeySchedule>(1, pinned: true);
    private readonly byte[] _keystream;
    private volatile bool _disposed;

    /// <param name="key">The licensee's key; what is needed of it is copied.</param>
    /// <param name="rowLength">The length of the rows to come, for which the keystream is made now; longer ones make it as they go.</param>
    /// <param name="relativeAmplitude">The amplitude as a fraction of a row's spread.</param>
    /// <param name="refuseNonFinite">Whether to refuse rows with NaN or an infinity.</param>
    public LogitFingerprintEmbedder(CarrierKey key, int rowLength, float relativeAmplitude, bool refuseNonFinite)
    {
        key.ExpandStatic(out _schedule[0]);
        int signs = CarrierLayout.StreamLength(rowLength);
        int bytes = (signs + (8 * IAesBlocks.Bytes) - 1) / (8 * IAesBlocks.Bytes) * IAesBlocks.Bytes;
        _keystream = GC.AllocateUninitializedArray<byte>(bytes + LogitRows.Slack, pinned: true);
        CarrierKeystream.Fill(in _schedule[0], 0, _keystream.AsSpan(0, bytes), KernelDispatch.Aes);
        _relativeAmplitude = relativeAmplitude;
        _refuseNonFinite = refuseNonFinite;
    }

    public FingerprintOutcome Embed(OutputTensor output)
    {
        ArgumentNullException.ThrowIfNull(output);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (output.ElementType != TensorElementType.Float32)
        {
            throw new NotSupportedException(
                $"The output '{output.Name}' has elements of type {output.ElementType}; a logit fingerprint marks Float32 outputs.");
        }

        Span<float> data = output.GetSpan<float>();
        if (data.IsEmpty)
        {
            return default;
        }

        int rowLength = (int)output.RowLength;
        LogitTally tally = LogitRows.Mark(data, rowLength, in _schedule[0], _keystream, _relativeAmplitude, _refuseNonFinite);

        // Disposed meanwhile, the carrier may have been cleared halfway: then this is not the mark, and must not count as one.
        Interlocked.MemoryBarrier();
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (tally.RefusedRow >= 0)
        {
            ReadOnlySpan<float> row = data.Slice(tally.RefusedRow * rowLength, rowLength);
            throw new NonFiniteOutputException(output.Name, tally.RefusedRow, RowScan.FirstNonFinite(row));
        }

        return new FingerprintOutcome(tally.Marked, tally.Unmarked);
    }

    public void Dispose()
    {
        _disposed = true;
        Interlocked.MemoryBarrier();
        _schedule[0].Clear();
        CryptographicOperations.ZeroMemory(_keystream);
    }
}
