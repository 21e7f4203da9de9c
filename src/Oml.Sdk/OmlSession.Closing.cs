using Oml.Sdk.Permissions;
using Oml.Sdk.Telemetry;

namespace Oml.Sdk;

public sealed partial class OmlSession
{
    // A sealed model that closes with its last session must not wait for somebody to dispose one that has ended.
    private void CloseWhenEnded(object? state)
    {
        if (IsEnded)
        {
            _ = _closing.Value;
        }
        else
        {
            _end?.Change(TimeToEnd(), Timeout.InfiniteTimeSpan);
        }
    }

    private TimeSpan TimeToEnd()
    {
        TimeSpan left = _endsAt - _core.Time.GetUtcNow();
        return left < TimeSpan.Zero ? TimeSpan.Zero : left > LongestTimer ? LongestTimer : left;
    }

    private async Task CloseAsync()
    {
        await _gate.CloseAsync().ConfigureAwait(false);
        if (_end is not null)
        {
            await _end.DisposeAsync().ConfigureAwait(false);
        }

        await StopRecheckingAsync().ConfigureAwait(false);
        bool delivered = _allowance.Spent > 0;
        await WriteReceiptsAsync().ConfigureAwait(false);
        try
        {
            await _allowance.CloseAsync().ConfigureAwait(false);
            if (!delivered && _mayRelease)
            {
                await _core.Ledger.ReleaseAsync(Permission.Key, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            // Fails in the publisher's favour; an exception out of Dispose would hide the one that it unwinds for.
            OmlLog.UnitsNotReturned(_core.Logger, error, Permission.Nonce, _allowance.Lost);
        }
        finally
        {
            _allowance.Dispose();
            _payments?.Dispose();
            if (_rate is not null)
            {
                _core.Rates.Release(Permission.Key);
            }

            try
            {
                _embedder?.Dispose();
            }
            finally
            {
                await _core.Holder.ReleaseAsync().ConfigureAwait(false);

                // Last of all: a model that is being disposed waits for the sessions that it remembers.
                _core.Forget(this);
            }
        }
    }

    // A session that cannot write its last receipts leaves the model unusable, see UsageRecorder; what it used stays booked.
    private async ValueTask WriteReceiptsAsync()
    {
        if (_record is null)
        {
            return;
        }

        try
        {
            await _core.Receipts!.CloseAsync(_record).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            OmlLog.ReceiptsNotWritten(_core.Logger, error);
        }
    }

    private ObjectDisposedException Disposed() => new(
        nameof(OmlSession), "The session was disposed, or the model that it belongs to; authorize again to open another.");
}
