using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;
using Oml.Sdk.Metering;
using Oml.Sdk.Metering.Receipts.Recording;
using Oml.Sdk.Outputs;
using Oml.Sdk.Permissions;
using Oml.Sdk.Telemetry;

namespace Oml.Sdk;

/// <summary>What a model and its sessions share.</summary>
internal sealed class OmlModelCore
{
    /// <summary>How far the clock may be behind the latest time that the ledger was told: as far as clocks are corrected in practice.</summary>
    public static readonly TimeSpan ClockGrace = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<OmlSession, bool> _sessions = [];

    public required ModelId Id { get; init; }

    public required ModelHolder Holder { get; init; }

    public required IPermissionVerifier Verifier { get; init; }

    public required PermissionContext Context { get; init; }

    public required IUsageLedger Ledger { get; init; }

    /// <summary>The ledger, if the model is to dispose it.</summary>
    public required IAsyncDisposable? OwnedLedger { get; init; }

    /// <summary>What writes receipts, if anything does.</summary>
    public required UsageRecorder? Receipts { get; init; }

    public required IFingerprintEmbedderFactory? Fingerprint { get; init; }

    public required TimeSpan ClockSkew { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Challenges, and the proofs that answer them.</summary>
    public required PossessionVerifier Possession { get; init; }

    /// <summary>The buckets of the rate limits.</summary>
    public required UnitRates Rates { get; init; }

    public required ILogger Logger { get; init; }

    public required KeyValuePair<string, object?> ModelTag { get; init; }

    /// <summary>The model, for what needs it open.</summary>
    /// <exception cref="InvalidOperationException">It is sealed, and no permission has opened it.</exception>
    public LoadedModel Loaded => Holder.Loaded ?? throw NotOpen();

    public InvalidOperationException NotOpen() => new(
        $"The sealed model {Id} is not open: the first AuthorizeAsync with a permission that carries its content key opens it.");

    public IEnumerable<OmlSession> Sessions => _sessions.Keys;

    public void Remember(OmlSession session) => _sessions.TryAdd(session, true);

    public void Forget(OmlSession session) => _sessions.TryRemove(session, out _);

    /// <summary>When the use of a permission ends: clocks may differ by the skew that was allowed for.</summary>
    public DateTimeOffset EndOf(Permission permission) =>
        permission.EndsAt < DateTimeOffset.MaxValue - ClockSkew ? permission.EndsAt + ClockSkew : DateTimeOffset.MaxValue;

    /// <summary>Where the units of a permission are booked.</summary>
    public IUsageLedger LedgerOf(Permission permission) =>
        permission.Parent is null ? Ledger : new DelegationLedger(Ledger, permission, EndOf);

    /// <summary>The steady clock's reading after a span of time; the largest one when it cannot be told.</summary>
    public long TimestampIn(TimeSpan span)
    {
        double ticks = Time.GetTimestamp() + (span.TotalSeconds * Time.TimestampFrequency);
        return ticks >= long.MaxValue ? long.MaxValue : (long)ticks;
    }

    /// <summary>Embeds the fingerprint, or disposes the outputs when that fails.</summary>
    public void Mark(InferenceOutputs outputs, ImmutableArray<int> marked, IFingerprintEmbedder? embedder)
    {
        if (embedder is null)
        {
            return;
        }

        long start = OmlTelemetry.EmbeddingSeconds.Enabled ? Time.GetTimestamp() : 0;
        try
        {
            foreach (int index in marked)
            {
                OutputTensor output = outputs[index];
                FingerprintOutcome outcome = embedder.Embed(output);
                if (outcome.UnmarkedRows != 0)
                {
                    OmlLog.RowsUnmarked(Logger, outcome.UnmarkedRows, output.Name);
                }

                if (OmlTelemetry.Rows.Enabled)
                {
                    OmlTelemetry.Rows.Add(outcome.MarkedRows, ModelTag, new(OmlTelemetry.OutcomeTag, "marked"));
                    OmlTelemetry.Rows.Add(outcome.UnmarkedRows, ModelTag, new(OmlTelemetry.OutcomeTag, "unmarked"));
                }
            }
        }
        catch
        {
            outputs.Dispose();
            throw;
        }

        if (start != 0)
        {
            OmlTelemetry.EmbeddingSeconds.Record(Time.GetElapsedTime(start).TotalSeconds, ModelTag);
        }
    }

    /// <summary>Refuses a permission that names a key when nothing proves that the presenter holds it.</summary>
    /// <returns>The only input that the session is good for, or null for any.</returns>
    public InputDigest? CheckPossession(Permission permission, ReadOnlyMemory<byte> proof)
    {
        if (permission.ConfirmationKey is not { } key)
        {
            return permission.InputDigest;
        }

        if (proof.IsEmpty)
        {
            throw Refuse(
                DenialReason.ProofMissing,
                $"The permission names the key {key.DefaultIssuerName}; answer a challenge of CreateChallenge with that key and present the proof with it.");
        }

        return Possession.Check(permission, key, proof, out InputDigest? inputDigest) is { } fault
            ? throw Refuse(DenialReason.BadProof, $"The proof of possession does not hold: {fault}. Answer a new challenge.")
            : inputDigest;
    }

    /// <summary>Refuses a model with outputs that a policy cannot restrict, before anything is spent on it.</summary>
    public void ThrowIfUnrestrictable(ModelSignature signature, OutputPolicy policy)
    {
        foreach (TensorInfo output in signature.Outputs)
        {
            if (output.ElementType != TensorElementType.Float32)
            {
                throw Unrestrictable(output.Name, output.ElementType, policy);
            }
        }
    }

    /// <summary>Restricts the outputs, or disposes them when that fails.</summary>
    public void Restrict(InferenceOutputs outputs, OutputPolicy policy)
    {
        try
        {
            for (int i = 0; i < outputs.Count; i++)
            {
                OutputTensor output = outputs[i];
                if (output.ElementType != TensorElementType.Float32)
                {
                    throw Unrestrictable(output.Name, output.ElementType, policy);
                }

                OutputRestrictor.Restrict(output, policy);
            }
        }
        catch
        {
            outputs.Dispose();
            throw;
        }
    }

    /// <summary>Logs and counts a refusal, and makes the exception for it.</summary>
    public PermissionDeniedException Refuse(DenialReason reason, string message, TimeSpan? retryAfter = null)
    {
        OmlLog.Refused(Logger, Id, reason, message);
        OmlTelemetry.Outcomes.Add(1, ModelTag, new(OmlTelemetry.OutcomeTag, reason.ToString()));
        return new PermissionDeniedException(reason, message) { RetryAfter = retryAfter };
    }

    /// <summary>A refusal because a permission's units are spent.</summary>
    public PermissionDeniedException Exhausted(Permission permission, long units, long paidIndex)
    {
        if (permission.PermitChain is not { } chain)
        {
            return Refuse(DenialReason.QuotaExhausted, QuotaMessage(permission, units));
        }

        string message = $"This use costs {Units(permission, units)}, and what was paid is spent, up to unit {paidIndex} of {chain.Length}; ";
        return Refuse(DenialReason.PaymentRequired, message + (paidIndex < chain.Length
            ? "show the preimage of a later unit to PayAsync."
            : $"ask '{permission.Issuer}' for a new permission."));
    }

    /// <summary>A refusal because units are used too fast.</summary>
    public PermissionDeniedException TooFast(Permission permission, RateLimit limit, long units, TimeSpan wait)
    {
        string message = $"This use costs {Units(permission, units)}, and the permission allows {limit}; ";
        return wait == TimeSpan.MaxValue
            ? Refuse(DenialReason.RateLimited, message + "no wait makes room for so many at once: send them in smaller calls.")
            : Refuse(DenialReason.RateLimited, message + string.Create(CultureInfo.InvariantCulture, $"try again in {Math.Ceiling(wait.TotalMilliseconds) / 1000} s."), wait);
    }

    private PermissionDeniedException Unrestrictable(string output, TensorElementType type, OutputPolicy policy) => Refuse(
        DenialReason.UnrestrictableOutput,
        $"The permission lets through {policy}, but the output '{output}' is {type}, and only Float32 can be restricted. " +
        "Ask the publisher for a permission without an output policy, or for a model without that output.");

    private static string QuotaMessage(Permission permission, long units) =>
        $"This use costs {Units(permission, units)}, but the permission's quota of {permission.Quota} is spent, or " +
        $"reserved by other sessions; ask '{permission.Issuer}' for a new permission.";

    private static string Units(Permission permission, long units)
    {
        string unit = permission.Unit == MeteringUnit.Row ? "row" : "call";
        return $"{units} {unit}{(units == 1 ? "" : "s")}";
    }
}
