using Microsoft.Extensions.DependencyInjection;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Metering;
using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Permissions;
using Oml.Sdk.Permissions.Revocation;
using Oml.Sdk.Sealing;

namespace Oml.Sdk.DependencyInjection;

/// <summary>Says more about a model that <c>AddOml</c> registered.</summary>
public sealed class OmlServiceBuilder
{
    internal OmlServiceBuilder(IServiceCollection services, string name)
    {
        Services = services;
        Name = name;
    }

    /// <summary>The services that the model is registered in.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The name of the model's options and its key; the empty string for the model without a key.</summary>
    public string Name { get; }

    /// <summary>Changes the builder before the model is built; the last word, after the options.</summary>
    /// <param name="configure">Given the services and the builder.</param>
    /// <returns>This object.</returns>
    public OmlServiceBuilder ConfigureModel(Action<IServiceProvider, OmlModelBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        Services.Configure<OmlModelSetup>(Name, setup => setup.Steps.Add(configure));
        return this;
    }

    /// <summary>Says where the content key of a sealed model comes from. Without it, an <see cref="IContentKeyProvider"/> among the services is used.</summary>
    /// <param name="contentKeys">Makes or finds the provider, e.g. a <see cref="LicenseeKeyProvider"/>.</param>
    /// <returns>This object.</returns>
    public OmlServiceBuilder UseContentKeys(Func<IServiceProvider, IContentKeyProvider> contentKeys)
    {
        ArgumentNullException.ThrowIfNull(contentKeys);
        Services.Configure<OmlModelSetup>(Name, setup => setup.ContentKeys = contentKeys);
        return this;
    }

    /// <summary>Trusts the keys of an issuer, each in its time.</summary>
    /// <param name="issuer">The issuer's name, which its permissions must carry.</param>
    /// <param name="keys">The issuer's public keys.</param>
    /// <returns>This object.</returns>
    public OmlServiceBuilder TrustIssuer(string issuer, IssuerKeySet keys) => ConfigureModel((_, model) => model.TrustIssuer(issuer, keys));

    /// <summary>Trusts the keys that an issuer has at the time, so that it can change them while the host runs.</summary>
    /// <param name="issuer">The issuer's name, which its permissions must carry.</param>
    /// <param name="source">Makes or finds the source of the keys, e.g. one that uses an <c>IHttpClientFactory</c> of the services.</param>
    /// <param name="configure">Changes how often the keys are read; none for the defaults.</param>
    /// <returns>This object.</returns>
    public OmlServiceBuilder TrustIssuer(
        string issuer, Func<IServiceProvider, IIssuerKeySetSource> source, Action<TrustedIssuerSource>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return ConfigureModel((services, model) =>
        {
            TrustedIssuerSource trusted = new(issuer, source(services));
            configure?.Invoke(trusted);
            model.TrustIssuer(trusted);
        });
    }

    /// <summary>Writes receipts of use to a log of this model's own, opened when the model is built and closed with it.</summary>
    /// <param name="folder">The log's own folder, on a disk of this machine.</param>
    /// <param name="hostKey">Makes or finds the key that signs checkpoints; its owner disposes it after the host.</param>
    /// <param name="configure">Changes the options; none for the defaults.</param>
    /// <returns>This object.</returns>
    public OmlServiceBuilder UseReceipts(string folder, Func<IServiceProvider, PermissionIssuer> hostKey, Action<ReceiptOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(hostKey);
        return ConfigureModel((services, model) => model.UseReceipts(folder, hostKey(services), configure));
    }

    /// <summary>Says where status lists are found, by which permissions are revoked before they end.</summary>
    /// <param name="source">Makes or finds the source.</param>
    /// <param name="configure">Changes how lists are kept; none for the defaults.</param>
    /// <returns>This object.</returns>
    public OmlServiceBuilder UseStatusLists(Func<IServiceProvider, IStatusListSource> source, Action<StatusListOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return ConfigureModel((services, model) => model.UseStatusLists(source(services), configure));
    }

    /// <summary>Chooses where usage is kept. Without it, an <see cref="IUsageLedger"/> among the services is used, else memory.</summary>
    /// <param name="ledger">Makes or finds the ledger.</param>
    /// <returns>This object.</returns>
    public OmlServiceBuilder UseLedger(Func<IServiceProvider, IUsageLedger> ledger)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        return ConfigureModel((services, model) => model.UseLedger(ledger(services)));
    }

    /// <summary>Marks outputs so that they can be traced to the licensee.</summary>
    /// <param name="fingerprint">Makes or finds the factory of the embedders.</param>
    /// <param name="outputs">The names of the outputs to mark; none for the model's first output.</param>
    /// <returns>This object.</returns>
    public OmlServiceBuilder UseFingerprint(
        Func<IServiceProvider, IFingerprintEmbedderFactory> fingerprint, params IEnumerable<string> outputs)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        string[] names = [.. outputs];
        return ConfigureModel((services, model) => model.UseFingerprint(fingerprint(services), names));
    }
}
