using Microsoft.Extensions.Hosting;

namespace Oml.Sdk.DependencyInjection;

/// <summary>Loads the registered models and runs each once before any other service starts, and so before traffic.</summary>
internal sealed class OmlWarmUpService(OmlModelHosts hosts) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (OmlModelHost host in hosts.All.Where(host => host.Options.WarmUp))
        {
            OmlModel model = await host.GetAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            await model.WarmUpAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
