using Oml.Sdk.Permissions;
using Oml.Sdk.Telemetry;

namespace Oml.Sdk;

public sealed partial class OmlSession
{
    private readonly TimeSpan _recheckInterval;
    private readonly CancellationTokenSource? _rechecking;
    private readonly ITimer? _recheck;

    // Why the permission holds no more, or for the time being; null while it holds.
    private volatile PermissionVerification? _refusal;

    private static TimeSpan RecheckInterval(IPermissionVerifier verifier, Permission permission)
    {
        TimeSpan interval = verifier.RecheckIntervalOf(permission);
        return interval == Timeout.InfiniteTimeSpan || interval > TimeSpan.Zero
            ? interval < LongestTimer ? interval : LongestTimer
            : throw new InvalidOperationException(
                $"{verifier.GetType().Name}.{nameof(IPermissionVerifier.RecheckIntervalOf)} gave {interval}; a time above zero was expected, or an infinite one.");
    }

    // Under a timer that is set anew behind each look: no two of them run at once, however long a list takes.
    private async Task RecheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LookAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // A log that throws must not keep the session from being looked at again, nor is there anybody to tell.
        }

        if (_refusal?.Reason != DenialReason.Revoked)
        {
            _ = _recheck?.Change(_recheckInterval, Timeout.InfiniteTimeSpan);
        }
        else if (_core.Holder.ClosesWhenUnused)
        {
            // For good. A model that closes with its last session must not wait for somebody to dispose this one.
            _ = _closing.Value;
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        PermissionVerification? refusal;
        Exception? failure = null;
        try
        {
            PermissionVerification found = await _core.Verifier.RecheckAsync(Permission, cancellationToken).ConfigureAwait(false);
            refusal = found.IsPermitted ? null : found;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }
        catch (Exception error)
        {
            failure = error;
            refusal = PermissionVerification.Denied(
                DenialReason.StatusUnknown, "Whether the permission still holds could not be found out; the log of this application says why.");
        }

        // Before anything is said of it.
        PermissionVerification? before = _refusal;
        _refusal = refusal;
        if (failure is not null)
        {
            OmlLog.NotRechecked(_core.Logger, failure, Permission.Nonce);
        }

        if (refusal?.Reason != before?.Reason)
        {
            OmlLog.StandingChanged(_core.Logger, Permission.Nonce, Permission.Issuer, refusal?.Reason ?? DenialReason.None);
        }
    }

    private async ValueTask StopRecheckingAsync()
    {
        if (_recheck is null)
        {
            return;
        }

        try
        {
            await _rechecking!.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException)
        {
            // What a verifier does when it is cancelled must not keep the session from giving back what it holds.
        }

        await _recheck.DisposeAsync().ConfigureAwait(false);
        _rechecking!.Dispose();
    }

    private void ThrowIfRefused()
    {
        if (_refusal is { } refusal)
        {
            throw Refused(refusal);
        }
    }

    private PermissionDeniedException Refused(PermissionVerification refusal) => _core.Refuse(refusal.Reason, refusal.Message);
}
