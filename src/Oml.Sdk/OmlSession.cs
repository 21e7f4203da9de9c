using System.Diagnostics;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;
using Oml.Sdk.Metering;
using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Metering.Receipts.Recording;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;
using Oml.Sdk.Telemetry;

namespace Oml.Sdk;

/// <summary>The lease that one verified permission opens: inferences draw on its quota until it ends.</summary>
/// <remarks>
/// Thread-safe: any number of callers at once. Dispose it when it is no longer needed: disposing waits for the calls in flight
/// and gives what was reserved and not spent back to the usage ledger. If nothing was delivered at all, the permission can be
/// presented again.
/// </remarks>
public sealed partial class OmlSession : IAsyncDisposable, IDisposable
{
    // Timers take less than 2^32 milliseconds.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(20);

    private readonly OmlModelCore _core;
    private readonly LoadedModel _model;
    private readonly UnitAllowance _allowance;
    private readonly IFingerprintEmbedder? _embedder;
    private readonly InFlightGate _gate = new();
    private readonly DateTimeOffset _endsAt;
    private readonly long _endTimestamp;
    private readonly Lazy<Task> _closing;
    private readonly ITimer? _end;
    private readonly InputDigest? _inputDigest;
    private readonly ChainPayments? _payments;
    private readonly UnitRate? _rate;
    private readonly SessionRecord? _record;
    private bool _mayRelease;

    internal OmlSession(
        OmlModelCore core,
        LoadedModel model,
        Permission permission,
        UnitAllowance allowance,
        IFingerprintEmbedder? embedder,
        InputDigest? inputDigest,
        DateTimeOffset endsAt)
    {
        // First: it may throw, and nothing would give back what is taken below.
        _recheckInterval = RecheckInterval(core.Verifier, permission);
        _core = core;
        _model = model;
        _allowance = allowance;
        _embedder = embedder;
        _endsAt = endsAt;
        _endTimestamp = core.TimestampIn(endsAt - core.Time.GetUtcNow());
        _rate = permission.Rate is { } limit ? core.Rates.Acquire(permission.Key, limit) : null;
        _closing = new Lazy<Task>(CloseAsync);
        Permission = permission;
        _inputDigest = inputDigest;
        _payments = permission.PermitChain is { } chain ? new ChainPayments(permission, chain, core.Ledger, endsAt) : null;
        _record = core.Receipts?.Open(permission);
        _mayRelease = permission.Use == PermissionUse.SingleSession;
        _end = core.Holder.ClosesWhenUnused ? core.Time.CreateTimer(CloseWhenEnded, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) : null;
        if (_recheckInterval != Timeout.InfiniteTimeSpan)
        {
            _rechecking = new CancellationTokenSource();
            CancellationToken stopped = _rechecking.Token;
            _recheck = core.Time.CreateTimer(_ => _ = RecheckAsync(stopped), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The permission that opened the session.</summary>
    public Permission Permission { get; }

    /// <summary>What the model takes and returns.</summary>
    public ModelSignature Signature => _model.Backend.Signature;

    /// <summary>Whether the permission has expired and is only usable for its <see cref="Permission.Grace"/>: time to renew it.</summary>
    public bool IsInGrace => _core.Time.GetUtcNow() >= Permission.ExpiresAt;

    /// <summary>How many units this session's inferences have spent, those in flight included.</summary>
    public long UnitsSpent => _allowance.Spent;

    /// <summary>Runs the model once, for one unit (or for one per row, if the permission says so).</summary>
    /// <param name="inputs">What <see cref="OmlModel.Signature"/> asks for; not written to.</param>
    /// <param name="cancellationToken">
    /// Cancels the call: before the model runs always, during the run where the runtime allows. The unit comes back.
    /// </param>
    /// <returns>
    /// The outputs, fingerprinted if the model was built so and restricted if the permission says so; the caller disposes them.
    /// </returns>
    /// <remarks>
    /// A runtime on this machine computes on the calling thread, and the task is complete when the call returns; wrap the call in
    /// <c>Task.Run</c> where the thread must stay free. A call that fails, whatever the reason, spends nothing.
    /// </remarks>
    /// <exception cref="PermissionDeniedException">
    /// The permission has ended or was revoked, its quota or what was paid is used up, its units are used too fast, or it is good for another input.
    /// The model did not run.
    /// </exception>
    /// <exception cref="InvalidInputException">The inputs do not fit the model. The model did not run.</exception>
    /// <exception cref="InferenceException">The runtime failed.</exception>
    /// <exception cref="NonFiniteOutputException">An output that must carry a fingerprint holds NaN or an infinity.</exception>
    /// <exception cref="ReceiptLogException">Receipts cannot be written. The model did not run.</exception>
    /// <exception cref="Metering.UsageLedgerException">The ledger failed, or receipts show that it is an old copy. The model did not run.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model was disposed.</exception>
    public ValueTask<InferenceOutputs> InferAsync(InferenceInputs inputs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<InferenceOutputs>(cancellationToken);
        }

        return OmlTelemetry.ObservesInference
            ? InferObservedAsync(inputs, cancellationToken)
            : InferCoreAsync(inputs, cancellationToken);
    }

    /// <summary>Reads a file that was sealed with the model, for no unit: the tokenizer of a language model, the names of classes.</summary>
    /// <param name="path">Its path in the sealed model, such as <c>tokenizer.json</c>.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>Its bytes, decrypted and checked, in an array that the garbage collector does not move; clear it when it is no longer needed.</returns>
    /// <remarks>The content key is asked for again: with one that comes with permissions, this session's must carry it.</remarks>
    /// <exception cref="PermissionDeniedException">The permission has ended or was revoked.</exception>
    /// <exception cref="InvalidOperationException">The model is not sealed.</exception>
    /// <exception cref="ContentKeyException">This session's permission does not carry the content key, or its source does not give it.</exception>
    /// <exception cref="SealedModelException">No such file was sealed with the model, it is larger than an array can be, or it was changed.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model was disposed.</exception>
    public async ValueTask<byte[]> ReadFileAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!_gate.TryEnter())
        {
            throw Closed();
        }

        try
        {
            ThrowIfEnded();
            ThrowIfRefused();
            return await _core.Holder.ReadAsync(Permission, path, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Ends the session; see the remarks of the class.</summary>
    /// <returns>When the calls in flight have ended and the ledger has the unspent units back.</returns>
    public async ValueTask DisposeAsync() => await _closing.Value.ConfigureAwait(false);

    /// <summary>Ends the session and waits for it; prefer <see cref="DisposeAsync"/>.</summary>
    public void Dispose() => _closing.Value.GetAwaiter().GetResult();

    /// <summary>Begins to look after the permission, when the session is open.</summary>
    internal void Watch()
    {
        _ = _end?.Change(TimeToEnd(), Timeout.InfiniteTimeSpan);
        _ = _recheck?.Change(_recheckInterval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Reserves the first block, so that a permission without units is refused when it is presented; units of a permit chain are paid later.</summary>
    internal async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_payments is null && !await _allowance.FillAsync(cancellationToken).ConfigureAwait(false))
        {
            throw _core.Exhausted(Permission, 1, PaidIndex);
        }
    }

    /// <summary>Ends a session that was never handed out.</summary>
    /// <param name="redeemed">Whether this session redeemed the nonce: only then may it release it.</param>
    internal Task AbandonAsync(bool redeemed)
    {
        _mayRelease = redeemed;
        return _closing.Value;
    }

    // The hot path. Not an async method, so that a backend that completes synchronously costs no state machine.
    private ValueTask<InferenceOutputs> InferCoreAsync(InferenceInputs inputs, CancellationToken cancellationToken)
    {
        if (!_gate.TryEnter())
        {
            return ValueTask.FromException<InferenceOutputs>(Closed());
        }

        long cost = 0, rated = 0;
        try
        {
            ThrowIfEnded();
            ThrowIfRefused();
            _record?.ThrowIfUnrecordable();
            _model.Backend.Signature.Validate(inputs);
            ThrowIfOtherInputs(inputs);
            long units = CountUnits(inputs);
            rated = TakeFromRate(units);
            if (!_allowance.TryTake(units))
            {
                return InferAfterReservingAsync(inputs, units, rated, cancellationToken);
            }

            cost = units;
            ValueTask<InferenceOutputs> running = _model.Backend.InferAsync(inputs, cancellationToken);
            if (!running.IsCompletedSuccessfully)
            {
                return DeliverAsync(running, inputs, units, rated);
            }

            InferenceOutputs outputs = running.Result;
            Finish(inputs, outputs, units);
            _gate.Exit();
            return new(outputs);
        }
        catch (Exception error)
        {
            Undo(cost, rated);
            return error is OperationCanceledException && cancellationToken.IsCancellationRequested
                ? ValueTask.FromCanceled<InferenceOutputs>(cancellationToken)
                : ValueTask.FromException<InferenceOutputs>(error);
        }
    }

    // From here on the gate is entered, and whoever ends the call leaves it.
    private async ValueTask<InferenceOutputs> InferAfterReservingAsync(
        InferenceInputs inputs, long units, long rated, CancellationToken cancellationToken)
    {
        ValueTask<InferenceOutputs> running;
        long cost = 0;
        try
        {
            if (!await _allowance.TakeAsync(units, cancellationToken).ConfigureAwait(false))
            {
                throw _core.Exhausted(Permission, units, PaidIndex);
            }

            cost = units;
            cancellationToken.ThrowIfCancellationRequested();

            // The ledger may have taken its time.
            ThrowIfEnded();
            ThrowIfRefused();
            running = _model.Backend.InferAsync(inputs, cancellationToken);
        }
        catch
        {
            Undo(cost, rated);
            throw;
        }

        return await DeliverAsync(running, inputs, units, rated).ConfigureAwait(false);
    }

    private async ValueTask<InferenceOutputs> DeliverAsync(ValueTask<InferenceOutputs> running, InferenceInputs inputs, long units, long rated)
    {
        try
        {
            InferenceOutputs outputs = await running.ConfigureAwait(false);
            Finish(inputs, outputs, units);
            _gate.Exit();
            return outputs;
        }
        catch
        {
            Undo(units, rated);
            throw;
        }
    }

    private async ValueTask<InferenceOutputs> InferObservedAsync(InferenceInputs inputs, CancellationToken cancellationToken)
    {
        using Activity? activity = OmlTelemetry.Source.StartActivity(OmlTelemetry.InferenceActivity);
        activity?.SetTag(OmlTelemetry.ModelTag, _core.ModelTag.Value);
        try
        {
            long units = CountUnits(inputs);
            InferenceOutputs outputs = await InferCoreAsync(inputs, cancellationToken).ConfigureAwait(false);
            OmlTelemetry.Units.Add(units, _core.ModelTag);
            return outputs;
        }
        catch (Exception error)
        {
            activity?.SetStatus(ActivityStatusCode.Error);
            activity?.SetTag(OmlTelemetry.ErrorTag, error.GetType().FullName);
            throw;
        }
    }

    private void Undo(long units, long rated)
    {
        if (rated != 0)
        {
            _rate?.GiveBack(rated);
        }

        if (units != 0)
        {
            _allowance.GiveBack(units);
        }

        _gate.Exit();
    }

    private long CountUnits(InferenceInputs inputs)
    {
        if (Permission.Unit == MeteringUnit.Call || _model.Backend.Signature.Inputs.IsEmpty)
        {
            return 1;
        }

        string first = _model.Backend.Signature.Inputs[0].Name;
        ReadOnlySpan<long> shape = inputs.Contains(first) ? inputs[first].Shape : [];
        return shape.IsEmpty ? 1 : Math.Max(1, shape[0]);
    }

    // Two clocks: the wall clock for the date that was signed, the steady one so that setting the wall clock back buys nothing.
    private bool IsEnded => _core.Time.GetTimestamp() >= _endTimestamp || _core.Time.GetUtcNow() >= _endsAt;

    /// <exception cref="PermissionDeniedException">The permission has ended.</exception>
    internal void ThrowIfEnded()
    {
        if (IsEnded)
        {
            throw Ended();
        }
    }

    // What is recorded is what leaves: marked and restricted.
    private void Finish(InferenceInputs inputs, InferenceOutputs outputs, long units)
    {
        _core.Mark(outputs, _model.MarkedOutputs, _embedder);
        if (Permission.OutputPolicy is { } policy)
        {
            _core.Restrict(outputs, policy);
        }

        if (_record is not null)
        {
            Record(_record, inputs, outputs, units);
        }
    }

    private static void Record(SessionRecord record, InferenceInputs inputs, InferenceOutputs outputs, long units)
    {
        try
        {
            record.Delivered(inputs, outputs, units);
        }
        catch
        {
            outputs.Dispose();
            throw;
        }
    }

    /// <returns>What <see cref="Undo"/> wants to undo it.</returns>
    private long TakeFromRate(long units)
    {
        if (_rate is null)
        {
            return 0;
        }

        return _rate.TryTake(units, out TimeSpan wait, out long taken)
            ? taken
            : throw _core.TooFast(Permission, Permission.Rate!, units, wait);
    }

    private void ThrowIfOtherInputs(InferenceInputs inputs)
    {
        if (_inputDigest is { } digest && InputDigest.Compute(inputs) != digest)
        {
            throw _core.Refuse(
                DenialReason.InputMismatch,
                $"The permission, or the proof that it was presented with, is good for one input, whose digest is {digest}; these inputs have another one. " +
                $"Ask '{Permission.Issuer}' for a permission for them.");
        }
    }

    private Exception Closed() => _refusal is { } refusal ? Refused(refusal) : IsEnded ? Ended() : Disposed();

    private PermissionDeniedException Ended() => _core.Refuse(
        DenialReason.Expired,
        $"The permission ended at {Permission.EndsAt:u}, while its session was open; ask '{Permission.Issuer}' for a new one.");
}
