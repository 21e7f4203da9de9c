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

    // Under a timer that is set anew behind each look: no two of them run at once, however long a list takes.
    private async Task RecheckAsync(CancellationToken cancellationToken)
    {
        PermissionVerification? refusal;
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
            OmlLog.NotRechecked(_core.Logger, error, Permission.Nonce);
            refusal = PermissionVerification.Denied(
                DenialReason.StatusUnknown, "Whether the permission still holds could not be found out; the log of this application says why.");
        }

        if (refusal?.Reason != _refusal?.Reason)
        {
            OmlLog.StandingChanged(_core.Logger, Permission.Nonce, Permission.Issuer, refusal?.Reason ?? DenialReason.None);
        }

        _refusal = refusal;
        if (refusal?.Reason == DenialReason.Revoked)
        {
            // For good. A model that closes with its last session must not wait for somebody to dispose this one.
            if (_core.Holder.ClosesWhenUnused)
            {
                _ = _closing.Value;
            }

            return;
        }

        _ = _recheck?.Change(_recheckInterval, Timeout.InfiniteTimeSpan);
    }

    private async ValueTask StopRecheckingAsync()
    {
        if (_recheck is not null)
        {
            await _rechecking!.CancelAsync().ConfigureAwait(false);
            await _recheck.DisposeAsync().ConfigureAwait(false);
            _rechecking.Dispose();
        }
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
