using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Oml.Sdk.Inference;
using Oml.Sdk.Telemetry;

namespace Oml.Sdk.DependencyInjection;

/// <summary>Loads the registered models and runs each once before any other service starts, and so before traffic.</summary>
internal sealed class OmlWarmUpService(OmlModelHosts hosts, ILogger<OmlWarmUpService>? logger = null) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (OmlModelHost host in hosts.All.Where(host => host.Options.WarmUp))
        {
            OmlModel model = await host.GetAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            if (!model.IsOpen)
            {
                // Only a permission opens a sealed model; that it is there, whole and signed was found out by building it.
                continue;
            }

            try
            {
                await model.WarmUpAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (InferenceException error)
            {
                // Zeros do not suit every model, and say nothing of real inputs: the model is loaded, and the host can start.
                OmlLog.WarmUpFailed(logger ?? (ILogger)NullLogger.Instance, error, model.Id);
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
