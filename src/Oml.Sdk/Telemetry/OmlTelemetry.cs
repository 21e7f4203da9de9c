using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Oml.Sdk.Telemetry;

/// <summary>Every name that this library emits: one activity source and one meter, both called <c>Oml.Sdk</c>.</summary>
/// <remarks>
/// Names are part of the public contract (docs/telemetry.md). Durations are in seconds. No tag holds a token, a key, a
/// licensee or the contents of a tensor. While nobody listens, nothing is measured.
/// </remarks>
public static class OmlTelemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "Oml.Sdk";

    /// <summary>The activity of one inference.</summary>
    public const string InferenceActivity = "oml.inference";

    /// <summary>The activity of one authorization: verification and the usage ledger.</summary>
    public const string AuthorizationActivity = "oml.authorization";

    /// <summary>Histogram: seconds that the model ran.</summary>
    public const string InferenceDuration = "oml.inference.duration";

    /// <summary>Histogram: seconds that one permission took to verify, the usage ledger not included.</summary>
    public const string VerificationDuration = "oml.permission.verification.duration";

    /// <summary>Histogram: seconds that embedding took for the outputs of one inference.</summary>
    public const string EmbeddingDuration = "oml.fingerprint.embedding.duration";

    /// <summary>Counter: authorizations and refusals within a session, by <see cref="OutcomeTag"/>.</summary>
    public const string PermissionOutcomes = "oml.permission.outcomes";

    /// <summary>Counter: units spent by inferences that delivered.</summary>
    public const string UnitsSpent = "oml.units.spent";

    /// <summary>Counter: rows of outputs that an embedder saw, by <see cref="OutcomeTag"/> (<c>marked</c>, <c>unmarked</c>).</summary>
    public const string FingerprintRows = "oml.fingerprint.rows";

    /// <summary>Tag: the identity of the model, 64 hexadecimal digits.</summary>
    public const string ModelTag = "oml.model.id";

    /// <summary>Tag: <c>permitted</c> or the name of a <see cref="Permissions.DenialReason"/>; for rows, <c>marked</c> or <c>unmarked</c>.</summary>
    public const string OutcomeTag = "oml.outcome";

    /// <summary>Tag: the type of the error that ended an operation (OpenTelemetry's <c>error.type</c>).</summary>
    public const string ErrorTag = "error.type";

    internal const string Permitted = "permitted";

    internal static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);

    internal static readonly Histogram<double> InferenceSeconds =
        Meter.CreateHistogram<double>(InferenceDuration, "s", "Seconds that the model ran.");

    internal static readonly Histogram<double> VerificationSeconds =
        Meter.CreateHistogram<double>(VerificationDuration, "s", "Seconds that one permission took to verify.");

    internal static readonly Histogram<double> EmbeddingSeconds =
        Meter.CreateHistogram<double>(EmbeddingDuration, "s", "Seconds that embedding took for the outputs of one inference.");

    internal static readonly Counter<long> Outcomes =
        Meter.CreateCounter<long>(PermissionOutcomes, "{decision}", "Authorizations and refusals.");

    internal static readonly Counter<long> Units =
        Meter.CreateCounter<long>(UnitsSpent, "{unit}", "Units spent by inferences that delivered.");

    internal static readonly Counter<long> Rows =
        Meter.CreateCounter<long>(FingerprintRows, "{row}", "Rows of outputs that an embedder saw.");

    /// <summary>Whether anybody listens to what a session emits of an inference.</summary>
    internal static bool ObservesInference =>
        Source.HasListeners() || Units.Enabled;
}
