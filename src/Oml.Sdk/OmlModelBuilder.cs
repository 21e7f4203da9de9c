using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;
using Oml.Sdk.Metering;
using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Permissions;
using Oml.Sdk.Permissions.Revocation;
using Oml.Sdk.Sealing;
using Oml.Sdk.Sealing.Loading;

namespace Oml.Sdk;

/// <summary>Describes a model and builds it: where it comes from, what runs it, whom it trusts, where usage is kept.</summary>
/// <remarks>
/// Works without dependency injection. Every method returns this builder. Not thread-safe. It builds one model: once
/// <see cref="BuildAsync"/> has succeeded, it is frozen.
/// </remarks>
public sealed partial class OmlModelBuilder
{
    private readonly List<Func<IInferenceBackend, IInferenceBackend>> _wrappers = [];
    private readonly List<string> _requiredScopes = [];
    private readonly List<(IFingerprintEmbedderFactory Factory, ImmutableArray<string> Outputs)> _fingerprints = [];
    private readonly CosePermissionVerifierOptions _verification = new();
    private Func<CancellationToken, ValueTask<ModelSource>>? _source;
    private (string Path, IContentKeyProvider Keys, SealedModelOptions Options)? _sealed;
    private InferenceBackendFactory? _backend;
    private WeightArrival _arrival;
    private IPermissionVerifier? _verifier;
    private IUsageLedger? _ledger;
    private UsageLedgerFactory? _ledgerFactory;
    private (Func<TimeProvider, ILoggerFactory, CancellationToken, Task<ReceiptLog>> Open, bool IsOwned, ReceiptOptions Options)? _receipts;
    private string? _audience;
    private TimeProvider _time = TimeProvider.System;
    private ILoggerFactory _loggers = NullLoggerFactory.Instance;
    private bool _built;

    internal OmlModelBuilder()
    {
    }

    /// <summary>Takes the model from a plain ONNX file: the optimistic mode, in which anybody can read the weights.</summary>
    /// <param name="path">The path of the file.</param>
    /// <returns>This builder.</returns>
    public OmlModelBuilder UseOnnx(string path)
    {
        ModelSource source = ModelSource.FromFile(path);
        return UseModel(source);
    }

    /// <summary>Takes the model from memory.</summary>
    /// <param name="model">The bytes of a plain ONNX file; they must not change until the model is built.</param>
    /// <returns>This builder.</returns>
    public OmlModelBuilder UseOnnx(ReadOnlyMemory<byte> model) => UseModel(ModelSource.FromBytes(model));

    /// <summary>Takes the model from a stream, which is read when the model is built and stays open.</summary>
    /// <param name="model">A readable stream over a plain ONNX file.</param>
    /// <returns>This builder.</returns>
    public OmlModelBuilder UseOnnx(Stream model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ModelSource? read = null;
        return SetSource(async cancellationToken => read ??= await ModelSource.FromStreamAsync(model, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Takes the model from a sealed file: the gated mode, in which only a permission that brings the content key opens it.</summary>
    /// <param name="path">The sealed model, signed by a trusted issuer or a publisher that <paramref name="configure"/> names.</param>
    /// <param name="licenseeKey">The key that content keys are wrapped to; its owner disposes it after the model.</param>
    /// <param name="configure">Changes the options; none for the defaults.</param>
    /// <returns>This builder.</returns>
    /// <remarks>
    /// The model is decrypted on the first <see cref="OmlModel.AuthorizeAsync(ReadOnlyMemory{byte}, CancellationToken)"/>, once, straight into the memory that the runtime uses;
    /// until then <see cref="OmlModel.IsOpen"/> is false. Nothing decrypted touches a disk.
    /// </remarks>
    public OmlModelBuilder UseSealedModel(string path, LicenseeKey licenseeKey, Action<SealedModelOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(licenseeKey);
        return UseSealedModel(path, new LicenseeKeyProvider(licenseeKey), configure);
    }

    /// <summary>Takes the model from a sealed file whose content key comes from somewhere else than the permission, e.g. a key management service.</summary>
    /// <param name="path">The sealed model, signed by a trusted issuer or a publisher that <paramref name="configure"/> names.</param>
    /// <param name="contentKeys">Finds the content key; the caller keeps owning it.</param>
    /// <param name="configure">Changes the options; none for the defaults.</param>
    /// <returns>This builder.</returns>
    public OmlModelBuilder UseSealedModel(string path, IContentKeyProvider contentKeys, Action<SealedModelOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(contentKeys);
        SealedModelOptions options = new();
        configure?.Invoke(options);
        return Set(() =>
        {
            _sealed = (path, contentKeys, options);
            _source = null;
        });
    }

    /// <summary>Chooses what runs the model; <c>UseOnnxRuntime</c> of Oml.Sdk.OnnxRuntime is the usual one.</summary>
    /// <param name="factory">Makes the backend; the model owns it.</param>
    /// <returns>This builder.</returns>
    public OmlModelBuilder UseBackend(InferenceBackendFactory factory) => UseBackend(factory, WeightArrival.BeforeLoading);

    internal OmlModelBuilder UseBackend(InferenceBackendFactory factory, WeightArrival arrival)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return Set(() => (_backend, _arrival) = (factory, arrival));
    }

    /// <summary>Puts a backend around the backend, e.g. for caching or tracing. The first one added is the outermost.</summary>
    /// <param name="wrapper">Given the inner backend, returns the outer one, which owns it.</param>
    /// <returns>This builder.</returns>
    public OmlModelBuilder Use(Func<IInferenceBackend, IInferenceBackend> wrapper)
    {
        ArgumentNullException.ThrowIfNull(wrapper);
        return Set(() => _wrappers.Add(wrapper));
    }

    /// <summary>Trusts an issuer's key under the name made of it: permissions that it signed are accepted.</summary>
    /// <param name="key">The issuer's public key.</param>
    /// <returns>This builder.</returns>
    public OmlModelBuilder TrustIssuer(IssuerPublicKey key) => TrustIssuer(key, issuer: null);

    /// <summary>Trusts an issuer's key: permissions that it signed are accepted.</summary>
    /// <param name="key">The issuer's public key.</param>
    /// <param name="issuer">The issuer's name, which its permissions must carry; null for the name made of the key.</param>
    /// <returns>This builder.</returns>
    public OmlModelBuilder TrustIssuer(IssuerPublicKey key, string? issuer)
    {
        ArgumentNullException.ThrowIfNull(key);
        TrustedIssuer trusted = issuer is null ? new TrustedIssuer(key) : new TrustedIssuer(issuer, key);
        return Set(() => _verification.TrustedIssuers.Add(trusted));
    }

    /// <summary>Trusts the keys of an issuer, each in its time: permissions that one of them signed are accepted.</summary>
    /// <param name="issuer">The issuer's name, which its permissions must carry.</param>
    /// <param name="keys">The issuer's public keys.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">The name is empty, too long, not valid Unicode, or has control characters.</exception>
    public OmlModelBuilder TrustIssuer(string issuer, IssuerKeySet keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        TrustedIssuer[] trusted = [.. keys.Keys.Select(key => new TrustedIssuer(issuer, key.Key, key.NotBefore, key.NotAfter))];
        return Set(() =>
        {
            foreach (TrustedIssuer key in trusted)
            {
                _verification.TrustedIssuers.Add(key);
            }
        });
    }

    /// <summary>Trusts the keys that an issuer has at the time, so that it can change them while the model runs.</summary>
    /// <param name="issuer">The issuer's name, which its permissions must carry.</param>
    /// <param name="source">Where the keys are read from, e.g. <see cref="IssuerKeySetSource.FromFile"/>; the caller keeps owning it.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">The name is empty, too long, not valid Unicode, or has control characters.</exception>
    public OmlModelBuilder TrustIssuer(string issuer, IIssuerKeySetSource source) => TrustIssuer(new TrustedIssuerSource(issuer, source));

    /// <summary>Trusts the keys that an issuer has at the time, so that it can change them while the model runs.</summary>
    /// <param name="issuer">The issuer, where its keys are read from, and how often.</param>
    /// <returns>This builder.</returns>
    public OmlModelBuilder TrustIssuer(TrustedIssuerSource issuer)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        return Set(() => _verification.TrustedIssuerSources.Add(issuer));
    }

    /// <summary>Says where status lists are found, by which permissions are revoked before they end. Without it, permissions that name one are refused.</summary>
    /// <param name="source">Finds the lists; the caller keeps owning it. <see cref="HttpStatusListSource"/> and <see cref="FileStatusListSource"/> are the usual ones.</param>
    /// <param name="configure">Changes how they are kept; none for the defaults.</param>
    /// <returns>This builder.</returns>
    public OmlModelBuilder UseStatusLists(IStatusListSource source, Action<StatusListOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        StatusListOptions options = new();
        configure?.Invoke(options);
        return Set(() =>
        {
            _verification.StatusLists = source;
            _verification.StatusListOptions = options;
        });
    }

    /// <summary>Sets how permissions are verified: clock skew, largest token, longest lifetime.</summary>
    /// <param name="configure">Changes the options.</param>
    /// <returns>This builder.</returns>
    public OmlModelBuilder ConfigureVerification(Action<CosePermissionVerifierOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Set(() => configure(_verification));
    }

    /// <summary>Verifies permissions in another way; trusted issuers and verification options are then not used.</summary>
    /// <param name="verifier">The verifier; the caller keeps owning it. Sessions end when the permissions that it returns do, without a skew.</param>
    /// <returns>This builder.</returns>
    public OmlModelBuilder UsePermissionVerifier(IPermissionVerifier verifier)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        return Set(() => _verifier = verifier);
    }

    /// <summary>Names this application: a permission that names an audience must name this one.</summary>
    /// <param name="audience">The name.</param>
    /// <returns>This builder.</returns>
    public OmlModelBuilder ForAudience(string audience)
    {
        ArgumentException.ThrowIfNullOrEmpty(audience);
        return Set(() => _audience = audience);
    }

    /// <summary>Demands scopes of every permission.</summary>
    /// <param name="scopes">The scopes; all of them are needed, those of earlier calls too.</param>
    /// <returns>This builder.</returns>
    public OmlModelBuilder RequireScopes(params IEnumerable<string> scopes)
    {
        ArgumentNullException.ThrowIfNull(scopes);
        return Set(() => _requiredScopes.AddRange(scopes));
    }

    /// <summary>Chooses where usage is kept. Without it, usage is kept in memory and a warning is logged.</summary>
    /// <param name="ledger">The ledger; the caller keeps owning it, so that models can share it.</param>
    /// <returns>This builder.</returns>
    public OmlModelBuilder UseLedger(IUsageLedger ledger)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        return Set(() =>
        {
            _ledger = ledger;
            _ledgerFactory = null;
        });
    }

    /// <summary>Chooses where usage is kept: a ledger that is opened when the model is built.</summary>
    /// <param name="factory">Opens the ledger; the model owns it.</param>
    /// <returns>This builder.</returns>
    public OmlModelBuilder UseLedger(UsageLedgerFactory factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return Set(() =>
        {
            _ledgerFactory = factory;
            _ledger = null;
        });
    }

    /// <summary>Writes receipts of use to a log, which can be checked and shown to others (docs/spec/receipt.md).</summary>
    /// <param name="log">
    /// The log; the caller keeps owning it, so that models can share it, but only models that share their usage ledger, too: a ledger that
    /// is older than the log is refused.
    /// </param>
    /// <param name="configure">Changes the options; none for the defaults.</param>
    /// <returns>This builder.</returns>
    /// <remarks>When receipts cannot be written, the model refuses to run.</remarks>
    public OmlModelBuilder UseReceipts(ReceiptLog log, Action<ReceiptOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(log);
        return SetReceipts((_, _, _) => Task.FromResult(log), isOwned: false, configure);
    }

    /// <summary>Writes receipts of use to a log of this model's own, opened when the model is built and closed with it.</summary>
    /// <param name="folder">The log's own folder, on a disk of this machine.</param>
    /// <param name="hostKey">The key that signs checkpoints; the caller disposes it after the model.</param>
    /// <param name="configure">Changes the options; none for the defaults.</param>
    /// <returns>This builder.</returns>
    /// <remarks>When receipts cannot be written, the model refuses to run.</remarks>
    public OmlModelBuilder UseReceipts(string folder, PermissionIssuer hostKey, Action<ReceiptOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(hostKey);
        return SetReceipts(
            (time, loggers, cancellationToken) => ReceiptLog.OpenAsync(
                folder, hostKey, new ReceiptLogOptions { TimeProvider = time, Logger = loggers.CreateLogger<ReceiptLog>() }, cancellationToken),
            isOwned: true,
            configure);
    }

    /// <summary>Marks outputs so that they can be traced to the licensee.</summary>
    /// <param name="fingerprint">Makes the embedder of each session; the caller keeps owning it.</param>
    /// <param name="outputs">The names of the outputs to mark; none for the model's first output.</param>
    /// <returns>This builder.</returns>
    /// <remarks>
    /// Call it again to mark other outputs in another way. No output is marked twice: <see cref="BuildAsync"/> raises an
    /// <see cref="InvalidOperationException"/> if one is named twice, or two calls name none; the same, when the model is open, if another call names the first output.
    /// </remarks>
    public OmlModelBuilder UseFingerprint(IFingerprintEmbedderFactory fingerprint, params IEnumerable<string> outputs)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        ArgumentNullException.ThrowIfNull(outputs);
        ImmutableArray<string> names = [.. outputs.Distinct(StringComparer.Ordinal)];
        return Set(() => _fingerprints.Add((fingerprint, names)));
    }

    /// <summary>Sets the clock; the system's by default.</summary>
    /// <param name="timeProvider">The clock.</param>
    /// <returns>This builder.</returns>
    public OmlModelBuilder UseTimeProvider(TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        return Set(() => _time = timeProvider);
    }

    /// <summary>Sets where the model logs; nowhere by default.</summary>
    /// <param name="loggerFactory">The factory; the caller keeps owning it.</param>
    /// <returns>This builder.</returns>
    public OmlModelBuilder UseLoggerFactory(ILoggerFactory loggerFactory)
    {
        ArgumentNullException.ThrowIfNull(loggerFactory);
        return Set(() => _loggers = loggerFactory);
    }
}
