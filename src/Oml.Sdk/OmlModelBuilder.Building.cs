using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;
using Oml.Sdk.Metering;
using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Metering.Receipts.Recording;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;
using Oml.Sdk.Sealing.Loading;
using Oml.Sdk.Telemetry;

namespace Oml.Sdk;

public sealed partial class OmlModelBuilder
{
    /// <summary>Loads the model.</summary>
    /// <param name="cancellationToken">Stops the loading where the runtime allows.</param>
    /// <returns>The model; dispose it.</returns>
    /// <exception cref="InvalidOperationException">Something needed is missing, an output would be marked twice, or this builder has built already; the message says what to call.</exception>
    /// <exception cref="ModelLoadException">The model is missing, empty or corrupt.</exception>
    /// <exception cref="ExecutionProviderUnavailableException">The execution provider that was demanded is not there.</exception>
    /// <exception cref="ArgumentException">An output to be marked does not exist, or an option is out of range.</exception>
    /// <exception cref="NotSupportedException">An output to be marked is of a kind that the embedder cannot mark.</exception>
    /// <exception cref="UsageLedgerException">The usage ledger cannot be opened, or is older than the receipts.</exception>
    /// <exception cref="ReceiptLogException">The receipt log cannot be opened.</exception>
    /// <exception cref="IssuerKeySetException">An issuer's keys could not be loaded, and it has no initial ones.</exception>
    public async ValueTask<OmlModel> BuildAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfBuilt();
        if (_source is null && _sealed is null)
        {
            throw Missing("model", "UseOnnx(path) or UseSealedModel(path, licenseeKey)");
        }

        _ = _backend ?? throw Missing("runtime", "UseOnnxRuntime() of the package Oml.Sdk.OnnxRuntime, or UseBackend(…)");
        IFingerprintEmbedderFactory? fingerprint = CombineFingerprints();
        IPermissionVerifier verifier = _verifier ?? await CreateVerifierAsync(cancellationToken).ConfigureAwait(false);
        (ModelId id, ModelHolder holder) =
            _sealed is { } file ? OpenSealed(file.Path, file.Keys, file.Options, verifier as CosePermissionVerifier) : await LoadPlainAsync(cancellationToken).ConfigureAwait(false);
        IUsageLedger? owned = null;
        UsageRecorder? receipts = null;
        try
        {
            owned = _ledgerFactory is null ? null : await _ledgerFactory(_time, _loggers, cancellationToken).ConfigureAwait(false);
            IUsageLedger ledger = owned ?? _ledger ?? new InMemoryUsageLedger(_time);
            receipts = _receipts is null ? null : await StartReceiptsAsync(ledger, cancellationToken).ConfigureAwait(false);
            OmlModelCore core = new()
            {
                Id = id,
                Holder = holder,
                Verifier = verifier,
                Context = new PermissionContext(id, _audience, _requiredScopes),
                Ledger = ledger,
                OwnedLedger = owned as IAsyncDisposable,
                Receipts = receipts,
                Fingerprint = fingerprint,
                ClockSkew = _verifier is null ? _verification.ClockSkew : TimeSpan.Zero,
                Time = _time,
                Possession = new PossessionVerifier(_time, _verification.ClockSkew),
                Rates = new UnitRates(_time),
                Logger = _loggers.CreateLogger<OmlModel>(),
                ModelTag = TagOf(id),
            };
            if (core.Ledger is InMemoryUsageLedger && _ledger is null)
            {
                OmlLog.LedgerInMemory(core.Logger, id);
            }

            _built = true;
            return new OmlModel(core);
        }
        catch
        {
            await holder.DisposeAsync().ConfigureAwait(false);
            if (receipts is not null)
            {
                await receipts.DisposeAsync().ConfigureAwait(false);
            }

            if (owned is IAsyncDisposable disposable)
            {
                await disposable.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    internal OmlModelBuilder UseModel(ModelSource source) => SetSource(_ => new(source));

    private OmlModelBuilder SetSource(Func<CancellationToken, ValueTask<ModelSource>> source) => Set(() =>
    {
        _source = source;
        _sealed = null;
    });

    private OmlModelBuilder SetReceipts(
        Func<TimeProvider, ILoggerFactory, CancellationToken, Task<ReceiptLog>> open, bool isOwned, Action<ReceiptOptions>? configure)
    {
        ReceiptOptions options = new();
        configure?.Invoke(options);
        return Set(() => _receipts = (open, isOwned, options.Copy()));
    }

    private async Task<UsageRecorder> StartReceiptsAsync(IUsageLedger ledger, CancellationToken cancellationToken)
    {
        (Func<TimeProvider, ILoggerFactory, CancellationToken, Task<ReceiptLog>> open, bool isOwned, ReceiptOptions options) = _receipts!.Value;
        ReceiptLog log = await open(_time, _loggers, cancellationToken).ConfigureAwait(false);
        try
        {
            return await UsageRecorder.StartAsync(log, isOwned, options, ledger, _time, _loggers.CreateLogger<OmlModel>()).ConfigureAwait(false);
        }
        catch
        {
            if (isOwned)
            {
                await log.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    private async ValueTask<CosePermissionVerifier> CreateVerifierAsync(CancellationToken cancellationToken)
    {
        if (_verification.TrustedIssuers.Count + _verification.TrustedIssuerSources.Count == 0)
        {
            throw Missing("trusted issuer", "TrustIssuer(publisherPublicKey), or UsePermissionVerifier(…)");
        }

        CosePermissionVerifier verifier = new(_verification, _time, _loggers);
        await verifier.LoadIssuersAsync(cancellationToken).ConfigureAwait(false);
        return verifier;
    }

    // A key whose time is over signs no model either. Whoever has models of a former key names it in TrustedPublishers.
    private IEnumerable<IssuerPublicKey> PublishersOf(CosePermissionVerifier? verifier) => _verifier is null && verifier is not null
        ? verifier.PresentKeys
        : _verification.TrustedIssuers.Select(issuer => issuer.Key);

    private async ValueTask<(ModelId Id, ModelHolder Holder)> LoadPlainAsync(CancellationToken cancellationToken)
    {
        ModelSource source = await _source!(cancellationToken).ConfigureAwait(false);
        ModelId id = await source.ComputeIdAsync(cancellationToken).ConfigureAwait(false);
        IInferenceBackend backend = await _backend!(source, _loggers, cancellationToken).ConfigureAwait(false);
        LoadedModel loaded = await ReadyAsync(id, backend).ConfigureAwait(false);

        // The runtime opened the file by itself. What runs must be what permissions name.
        if (source.FilePath is not null && await source.ComputeIdAsync(cancellationToken).ConfigureAwait(false) != id)
        {
            await loaded.Backend.DisposeAsync().ConfigureAwait(false);
            throw new ModelLoadException(source.Name, $"The model file '{source.Name}' was replaced while it was loaded; build the model again.");
        }

        return (id, new ModelHolder(loaded));
    }

    private (ModelId Id, ModelHolder Holder) OpenSealed(
        string path, IContentKeyProvider keys, SealedModelOptions options, CosePermissionVerifier? verifier)
    {
        SealedModel file = SealedModel.Open(
            path, options.TrustedPublishers.Count > 0 ? options.TrustedPublishers : PublishersOf(verifier));
        OmlLog.SealedModelFound(_loggers.CreateLogger<OmlModel>(), file.Id, path, file.Manifest.Name, file.Manifest.Version);
        return (file.Id, new ModelHolder(OpenAsync, AdmitAsync, ReadAsync, options.CloseWhenUnused, file));

        // Asked every time, not only to open the model: what is open would otherwise run under a permission that was wrapped for somebody
        // else, and its outputs would accuse them.
        async ValueTask AdmitAsync(Permission permission, CancellationToken cancellationToken)
        {
            if (keys.ReadsPermission && permission.WrappedContentKey is not null)
            {
                (await UnlockAsync(permission, cancellationToken).ConfigureAwait(false)).Dispose();
            }
        }

        async ValueTask<UnlockedModel> UnlockAsync(Permission permission, CancellationToken cancellationToken)
        {
            using ContentKey key = await keys.GetContentKeyAsync(new ContentKeyRequest(file.Id, permission), cancellationToken).ConfigureAwait(false)
                ?? throw new ContentKeyException($"The provider {keys.GetType().Name} gave no content key for the model {file.Id}.");
            return file.Unlock(key);
        }

        async ValueTask<byte[]> ReadAsync(Permission permission, string entry, CancellationToken cancellationToken)
        {
            using UnlockedModel contents = await UnlockAsync(permission, cancellationToken).ConfigureAwait(false);
            return await contents.ReadAllBytesAsync(entry, cancellationToken).ConfigureAwait(false);
        }

        async ValueTask<LoadedModel> OpenAsync(Permission permission, CancellationToken cancellationToken)
        {
            using UnlockedModel contents = await UnlockAsync(permission, cancellationToken).ConfigureAwait(false);
            IInferenceBackend backend = await SealedModelLoader.LoadAsync(
                contents, path, _backend!, _loggers, cancellationToken, _arrival).ConfigureAwait(false);
            return await ReadyAsync(file.Id, backend).ConfigureAwait(false);
        }
    }

    // Wraps the backend, which is disposed if that fails.
    private async ValueTask<LoadedModel> ReadyAsync(ModelId id, IInferenceBackend backend)
    {
        try
        {
            backend = new ObservedInferenceBackend(backend, _time, TagOf(id));
            foreach (Func<IInferenceBackend, IInferenceBackend> wrapper in Enumerable.Reverse(_wrappers))
            {
                backend = wrapper(backend) ?? throw new InvalidOperationException("A wrapper that was given to Use(…) returned null.");
            }

            ModelSignature signature = backend.Signature;
            LoadedModel loaded = new(backend, ResolveMarkedOutputs(signature));
            OmlLog.ModelReady(
                _loggers.CreateLogger<OmlModel>(),
                id,
                backend.ExecutionProvider,
                string.Join(", ", signature.Inputs),
                string.Join(", ", signature.Outputs));
            return loaded;
        }
        catch
        {
            await backend.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static KeyValuePair<string, object?> TagOf(ModelId id) => new(OmlTelemetry.ModelTag, id.ToString());

    private IFingerprintEmbedderFactory? CombineFingerprints()
    {
        Dictionary<string, IFingerprintEmbedderFactory> byOutput = new(StringComparer.Ordinal);
        IFingerprintEmbedderFactory? unnamed = null;
        foreach ((IFingerprintEmbedderFactory factory, ImmutableArray<string> outputs) in _fingerprints)
        {
            if (outputs.IsEmpty)
            {
                unnamed = unnamed is null ? factory : throw new InvalidOperationException(
                    "Two fingerprints name no output, so both are for the model's first; name the outputs that each marks: UseFingerprint(fingerprint, output).");
            }

            foreach (string output in outputs)
            {
                if (!byOutput.TryAdd(output, factory))
                {
                    throw MarkedTwice(output);
                }
            }
        }

        return _fingerprints.Count > 1 ? new FingerprintsByOutput(byOutput, unnamed) : _fingerprints.FirstOrDefault().Factory;
    }

    private ImmutableArray<int> ResolveMarkedOutputs(ModelSignature signature)
    {
        List<int> places = [];
        foreach ((IFingerprintEmbedderFactory factory, ImmutableArray<string> outputs) in _fingerprints)
        {
            foreach (string name in outputs.IsEmpty ? [signature.Outputs[0].Name] : outputs)
            {
                TensorInfo output = signature.FindOutput(name) ?? throw new ArgumentException(
                    $"The model has no output named '{name}' to mark; it returns {string.Join(", ", signature.Outputs)}.");
                int place = signature.Outputs.IndexOf(output);
                if (places.Contains(place))
                {
                    throw MarkedTwice(name);
                }

                factory.CheckOutput(output);
                places.Add(place);
            }
        }

        return [.. places];
    }

    private static InvalidOperationException MarkedTwice(string output) =>
        new($"Two fingerprints mark the output '{output}'; the second would spoil the first. Call UseFingerprint(…) once for each output.");

    private OmlModelBuilder Set(Action change)
    {
        ThrowIfBuilt();
        change();
        return this;
    }

    private void ThrowIfBuilt()
    {
        if (_built)
        {
            throw new InvalidOperationException("This builder has built its model; start another with OmlModel.CreateBuilder().");
        }
    }

    private static InvalidOperationException Missing(string what, string call) => new($"The model has no {what}: call {call} before BuildAsync.");
}
