using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Oml.Sdk.Metering;
using Oml.Sdk.Sealing;

namespace Oml.Sdk.DependencyInjection;

/// <summary>Builds one registered model once, whoever asks first.</summary>
internal sealed class OmlModelHost : IAsyncDisposable
{
    private readonly IServiceProvider _services;
    private readonly Lock _gate = new();
    private Task<OmlModel>? _model;

    public OmlModelHost(IServiceProvider services, string name)
    {
        _services = services;
        Name = name;
    }

    public string Name { get; }

    public OmlOptions Options => _services.GetRequiredService<IOptionsMonitor<OmlOptions>>().Get(Name);

    /// <summary>The model, if it was built; building it is not started.</summary>
    public Task<OmlModel>? Started => Volatile.Read(ref _model);

    /// <summary>The model. One that could not be built is built again: what was missing may be there now.</summary>
    public Task<OmlModel> GetAsync()
    {
        lock (_gate)
        {
            if (_model is null or { IsFaulted: true } or { IsCanceled: true })
            {
                // On the pool: whoever waits for it synchronously must not hold the thread that the build goes on with.
                _model = Task.Run(BuildAsync);
            }

            return _model;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Not thrown by Dispose: whoever asked for a model that could not be built has heard of it.
        if (Started is { } started && await Task.WhenAny(started).ConfigureAwait(false) is { IsCompletedSuccessfully: true } model)
        {
            await (await model.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<OmlModel> BuildAsync()
    {
        OmlOptions options = Options;
        OmlModelBuilder builder = OmlModel.CreateBuilder()
            .UseTimeProvider(_services.GetService<TimeProvider>() ?? TimeProvider.System)
            .UseLoggerFactory(_services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance)
            .RequireScopes(options.RequiredScopes)
            .ConfigureVerification(verification => verification.ClockSkew = options.ClockSkew);
        if (options.ModelPath is not null)
        {
            builder.UseOnnx(options.ModelPath);
        }

        OmlModelSetup setup = _services.GetRequiredService<IOptionsMonitor<OmlModelSetup>>().Get(Name);
        if (options.SealedModelPath is not null)
        {
            IContentKeyProvider keys = setup.ContentKeys?.Invoke(_services) ?? _services.GetService<IContentKeyProvider>()
                ?? throw new InvalidOperationException(
                    $"The sealed model '{options.SealedModelPath}' has no content key: call UseContentKeys(…) on what AddOml returned, or " +
                    "register an IContentKeyProvider.");
            builder.UseSealedModel(options.SealedModelPath, keys, model => model.CloseWhenUnused = options.CloseWhenUnused);
        }

        if (options.Audience is not null)
        {
            builder.ForAudience(options.Audience);
        }

        if (_services.GetService<IUsageLedger>() is { } ledger)
        {
            builder.UseLedger(ledger);
        }

        foreach (TrustedIssuerOptions issuer in options.TrustedIssuers)
        {
            issuer.AddTo(builder);
        }

        foreach (Action<IServiceProvider, OmlModelBuilder> step in setup.Steps)
        {
            step(_services, builder);
        }

        return await builder.BuildAsync().ConfigureAwait(false);
    }
}
