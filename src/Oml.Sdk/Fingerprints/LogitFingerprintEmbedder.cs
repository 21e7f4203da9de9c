using Oml.Sdk.Fingerprints.Kernels;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Fingerprints;

/// <summary>Marks the rows of Float32 outputs for one licensee of one model.</summary>
internal sealed class LogitFingerprintEmbedder : IFingerprintEmbedder
{
    private readonly float _relativeAmplitude;
    private readonly bool _refuseNonFinite;
    private AesKeySchedule _schedule;
    private volatile bool _disposed;

    public LogitFingerprintEmbedder(CarrierKey key, float relativeAmplitude, bool refuseNonFinite)
    {
        key.ExpandStatic(out _schedule);
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
        LogitTally tally = LogitRows.Mark(data, rowLength, in _schedule, _relativeAmplitude, _refuseNonFinite);
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
        _schedule.Clear();
    }
}
