using System.Diagnostics;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Telemetry;

namespace Oml.Sdk;

/// <summary>A model that runs only under a permission: authorize → infer → fingerprint.</summary>
/// <remarks>
/// Composes the three seams <see cref="IPermissionVerifier"/>, <see cref="IInferenceBackend"/> and
/// <see cref="IFingerprintEmbedder"/> with a usage ledger. Thread-safe: one model serves any number of callers. Disposing closes
/// the open sessions, waits for the calls in flight, and frees the model. Build one with <see cref="CreateBuilder"/>, or register
/// it with <c>services.AddOml(…)</c>.
/// </remarks>
public sealed class OmlModel : IAsyncDisposable, IDisposable
{
    private readonly OmlModelCore _core;
    private readonly InFlightGate _gate = new();
    private readonly Lazy<Task> _closing;

    internal OmlModel(OmlModelCore core)
    {
        _core = core;
        _closing = new Lazy<Task>(CloseAsync);
    }

    /// <summary>The identity of the model, which permissions name.</summary>
    public ModelId Id => _core.Id;

    /// <summary>Whether the model is loaded. A sealed one is not until a permission has brought its content key.</summary>
    public bool IsOpen => _core.Holder.Loaded is not null;

    /// <summary>What the model takes and returns.</summary>
    /// <exception cref="InvalidOperationException">The model is sealed and not open, see <see cref="IsOpen"/>.</exception>
    public ModelSignature Signature => _core.Loaded.Backend.Signature;

    /// <summary>Where it runs, e.g. <c>CPUExecutionProvider</c>.</summary>
    /// <exception cref="InvalidOperationException">The model is sealed and not open, see <see cref="IsOpen"/>.</exception>
    public string ExecutionProvider => _core.Loaded.Backend.ExecutionProvider;

    /// <summary>Starts the description of a model.</summary>
    /// <returns>A builder.</returns>
    public static OmlModelBuilder CreateBuilder() => new();

    /// <summary>Verifies a permission and opens the session that it permits.</summary>
    /// <param name="permission">The bytes of the permission as the publisher sent them.</param>
    /// <param name="cancellationToken">Cancels the call; the permission stays unused.</param>
    /// <returns>The session; dispose it.</returns>
    /// <exception cref="PermissionDeniedException">The permission was refused; the reason and what to do are in it.</exception>
    /// <exception cref="Sealing.SealedModelException">The sealed model cannot be opened; the permission stays unused.</exception>
    /// <exception cref="Sealing.ContentKeyException">The permission brings no content key that fits; it stays unused.</exception>
    /// <exception cref="UsageLedgerException">The usage ledger cannot be reached; the permission may be used up.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    public ValueTask<OmlSession> AuthorizeAsync(ReadOnlyMemory<byte> permission, CancellationToken cancellationToken = default) =>
        AuthorizeCoreAsync(permission, default, cancellationToken);

    /// <summary>Verifies a permission that names a key and the proof that the presenter holds it, and opens the session that it permits.</summary>
    /// <param name="permission">The bytes of the permission as the publisher sent them.</param>
    /// <param name="proof">
    /// What <see cref="PossessionKey.Prove"/> made of a challenge of this model. It is not looked at when the permission names no key.
    /// </param>
    /// <param name="cancellationToken">Cancels the call; the permission stays unused, the challenge may be used up.</param>
    /// <returns>The session; dispose it.</returns>
    /// <exception cref="PermissionDeniedException">The permission or the proof was refused; the reason and what to do are in it.</exception>
    /// <exception cref="Sealing.SealedModelException">The sealed model cannot be opened; the permission stays unused.</exception>
    /// <exception cref="Sealing.ContentKeyException">The permission brings no content key that fits; it stays unused.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    public ValueTask<OmlSession> AuthorizeAsync(
        ReadOnlyMemory<byte> permission, ReadOnlyMemory<byte> proof, CancellationToken cancellationToken = default) =>
        AuthorizeCoreAsync(permission, proof, cancellationToken);

    /// <summary>Makes a challenge that the holder of a permission's key answers with <see cref="PossessionKey.Prove"/>.</summary>
    /// <returns>32 bytes, good for one proof, for 2 minutes, and for this object: another process with the same model issues its own.</returns>
    /// <remarks>It costs no memory until it is answered, so that anybody may be let ask for one.</remarks>
    public byte[] CreateChallenge() => _core.Possession.Challenges.Create();

    private async ValueTask<OmlSession> AuthorizeCoreAsync(
        ReadOnlyMemory<byte> permission, ReadOnlyMemory<byte> proof, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(!_gate.TryEnter(), this);
        using Activity? activity = OmlTelemetry.Source.StartActivity(OmlTelemetry.AuthorizationActivity);
        activity?.SetTag(OmlTelemetry.ModelTag, _core.ModelTag.Value);
        try
        {
            Permission verified = await VerifyAsync(permission, cancellationToken).ConfigureAwait(false);
            OmlSession session = await OpenAsync(verified, _core.CheckPossession(verified, proof), cancellationToken).ConfigureAwait(false);
            OmlTelemetry.Outcomes.Add(1, _core.ModelTag, new(OmlTelemetry.OutcomeTag, OmlTelemetry.Permitted));
            return session;
        }
        catch (Exception error)
        {
            activity?.SetStatus(ActivityStatusCode.Error);
            activity?.SetTag(
                OmlTelemetry.ErrorTag, error is PermissionDeniedException denied ? denied.Reason.ToString() : error.GetType().FullName);
            throw;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Verifies a permission, runs the model once under it, and closes the session again.</summary>
    /// <param name="inputs">What <see cref="Signature"/> asks for; not written to.</param>
    /// <param name="permission">The bytes of the permission as the publisher sent them.</param>
    /// <param name="cancellationToken">Cancels the call; the permission stays unused.</param>
    /// <returns>The outputs, which the caller disposes.</returns>
    /// <remarks>
    /// For one-time permissions. A single-session permission with a larger quota is used up by it, too; open a session for those.
    /// A call that fails spends nothing, and the permission can be presented again.
    /// </remarks>
    /// <exception cref="PermissionDeniedException">The permission was refused. The model did not run.</exception>
    /// <exception cref="InvalidInputException">The inputs do not fit the model. The model did not run.</exception>
    /// <exception cref="InferenceException">The runtime failed.</exception>
    /// <exception cref="NonFiniteOutputException">An output that must carry a fingerprint holds NaN or an infinity.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    public async ValueTask<InferenceOutputs> InferAsync(
        InferenceInputs inputs, ReadOnlyMemory<byte> permission, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        OmlSession session = await AuthorizeAsync(permission, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            return await session.InferAsync(inputs, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Runs the model once on zeros (or empty strings) and throws the outputs away, so that the first caller need not wait.</summary>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>When the run has ended. Dimensions that are known only at run time are 1.</returns>
    /// <remarks>Needs no permission: nothing leaves it.</remarks>
    /// <exception cref="InferenceException">The model cannot run on zeros; it may still run on real inputs.</exception>
    /// <exception cref="InvalidOperationException">The model is sealed and not open, see <see cref="IsOpen"/>.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    public async ValueTask WarmUpAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(!_gate.TryEnter(), this);
        try
        {
            long start = _core.Time.GetTimestamp();
            LoadedModel loaded = await _core.Holder.AcquireOpenAsync(cancellationToken).ConfigureAwait(false) ?? throw _core.NotOpen();
            try
            {
                InferenceInputs zeros = WarmUpInputs.For(loaded.Backend.Signature);
                (await loaded.Backend.InferAsync(zeros, cancellationToken).ConfigureAwait(false)).Dispose();
            }
            finally
            {
                await _core.Holder.ReleaseAsync().ConfigureAwait(false);
            }

            OmlLog.WarmedUp(_core.Logger, Id, _core.Time.GetElapsedTime(start).TotalMilliseconds);
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>The identity of the model and where it runs.</summary>
    /// <returns>The text.</returns>
    public override string ToString() =>
        _core.Holder.Loaded is { } loaded ? $"{Id} on {loaded.Backend.ExecutionProvider}" : $"{Id}, sealed and not open";

    /// <summary>Closes the open sessions, waits for the calls in flight and frees the model.</summary>
    /// <returns>When all of that is done.</returns>
    public async ValueTask DisposeAsync() => await _closing.Value.ConfigureAwait(false);

    /// <summary>The same, and waits for it; prefer <see cref="DisposeAsync"/>.</summary>
    public void Dispose() => _closing.Value.GetAwaiter().GetResult();

    private async ValueTask<Permission> VerifyAsync(ReadOnlyMemory<byte> token, CancellationToken cancellationToken)
    {
        long start = OmlTelemetry.VerificationSeconds.Enabled ? _core.Time.GetTimestamp() : 0;
        PermissionVerification result =
            await _core.Verifier.VerifyAsync(token, _core.Context, cancellationToken).ConfigureAwait(false);
        if (start != 0)
        {
            OmlTelemetry.VerificationSeconds.Record(_core.Time.GetElapsedTime(start).TotalSeconds, _core.ModelTag);
        }

        return result.IsPermitted ? result.Permission : throw _core.Refuse(result.Reason, result.Message);
    }

    // What fails after the permission was redeemed gives it back. The ledger is not cancelled: told to stop, it may have redeemed all the
    // same, and nobody would know.
    private async ValueTask<OmlSession> OpenAsync(Permission permission, InputDigest? inputDigest, CancellationToken cancellationToken)
    {
        DateTimeOffset endsAt = _core.EndOf(permission);
        cancellationToken.ThrowIfCancellationRequested();
        await CheckClockAsync(permission).ConfigureAwait(false);

        // Before it is redeemed: a copy that another licensee's host refuses must not be used up by it.
        await _core.Holder.AdmitAsync(permission, cancellationToken).ConfigureAwait(false);

        // Before the model is opened: a permission that is spent must not make this machine decrypt it again and again.
        bool redeemed = permission.Use == PermissionUse.SingleSession
            && await _core.Ledger.RedeemAsync(permission.Key, endsAt, CancellationToken.None).ConfigureAwait(false);
        if (permission.Use == PermissionUse.SingleSession && !redeemed)
        {
            throw _core.Refuse(
                DenialReason.Replayed,
                $"The permission was used up by an earlier presentation; ask '{permission.Issuer}' for a new one, " +
                "or for one that is resumable.");
        }

        OmlSession session;
        try
        {
            session = await PrepareAsync(permission, inputDigest, endsAt, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            if (redeemed)
            {
                await ReleaseAsync(permission).ConfigureAwait(false);
            }

            throw;
        }

        try
        {
            cancellationToken.ThrowIfCancellationRequested();

            // To open a large model takes a while.
            session.ThrowIfEnded();
            await session.FillAsync(cancellationToken).ConfigureAwait(false);
            _core.Remember(session);
            session.Watch();
        }
        catch
        {
            await session.AbandonAsync(redeemed).ConfigureAwait(false);
            throw;
        }

        OmlLog.SessionOpened(_core.Logger, permission.Nonce, permission.Issuer, permission.EndsAt, permission.Quota);
        if (permission.Grace > TimeSpan.Zero && session.IsInGrace)
        {
            OmlLog.OpenedInGrace(_core.Logger, permission.Nonce, permission.Issuer, permission.ExpiresAt, permission.EndsAt);
        }

        return session;
    }

    // What failed is told, not that its permission could not be given back: it stays spent, in the publisher's favour.
    private async ValueTask ReleaseAsync(Permission permission)
    {
        try
        {
            await _core.Ledger.ReleaseAsync(permission.Key, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            OmlLog.UnitsNotReturned(_core.Logger, error, permission.Nonce, 0);
        }
    }

    private async ValueTask<OmlSession> PrepareAsync(
        Permission permission, InputDigest? inputDigest, DateTimeOffset endsAt, CancellationToken cancellationToken)
    {
        LoadedModel model = await _core.Holder.AcquireAsync(permission, cancellationToken).ConfigureAwait(false);
        try
        {
            if (permission.OutputPolicy is { } policy)
            {
                _core.ThrowIfUnrestrictable(model.Backend.Signature, policy);
            }

            IFingerprintEmbedder? embedder = _core.Fingerprint?.Create(new FingerprintSubject(_core.Id, permission.FingerprintId));
            UnitAllowance allowance = permission.PermitChain is null
                ? UnitAllowance.For(permission, _core.LedgerOf(permission), endsAt)
                : UnitAllowance.Prepaid(permission);
            return new OmlSession(_core, model, permission, allowance, embedder, inputDigest, endsAt);
        }
        catch
        {
            await _core.Holder.ReleaseAsync().ConfigureAwait(false);
            throw;
        }
    }

    // Only now, when the permission is found to hold at this time: a clock that is years ahead is refused as expired, and is not
    // remembered as the latest time.
    private async ValueTask CheckClockAsync(Permission permission)
    {
        DateTimeOffset now = _core.Time.GetUtcNow();
        DateTimeOffset latest = await _core.Ledger.ObserveAsync(now, CancellationToken.None).ConfigureAwait(false);
        if (latest - now > OmlModelCore.ClockGrace)
        {
            throw _core.Refuse(
                DenialReason.ClockSetBack,
                $"This machine's clock says {now:u}, but the usage ledger was told {latest:u} before: set the clock right. A ledger that was " +
                $"told a wrong time accepts permissions of '{permission.Issuer}' again when that time has come.");
        }

        _core.Receipts?.Accept(now);
    }

    private async Task CloseAsync()
    {
        await _gate.CloseAsync().ConfigureAwait(false);
        try
        {
            await Task.WhenAll(_core.Sessions.Select(session => session.DisposeAsync().AsTask())).ConfigureAwait(false);
        }
        finally
        {
            try
            {
                await _core.Holder.DisposeAsync().ConfigureAwait(false);
            }
            finally
            {
                await CloseBooksAsync().ConfigureAwait(false);
            }
        }
    }

    private async ValueTask CloseBooksAsync()
    {
        try
        {
            if (_core.Receipts is { } receipts)
            {
                await receipts.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            if (_core.OwnedLedger is { } ledger)
            {
                await ledger.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
