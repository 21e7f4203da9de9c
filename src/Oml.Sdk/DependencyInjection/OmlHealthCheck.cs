using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Oml.Sdk.DependencyInjection;

/// <summary>Healthy when every registered model is loaded, or sealed and found; degraded while one is not yet; unhealthy when one could not be.</summary>
internal sealed class OmlHealthCheck(OmlModelHosts hosts) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        Dictionary<string, object> data = [];
        List<string> waiting = [];
        foreach (OmlModelHost host in hosts.All)
        {
            string name = host.Name.Length == 0 ? "model" : host.Name;
            Task<OmlModel>? model = host.Started;
            if (model is { IsFaulted: true } or { IsCanceled: true })
            {
                return Task.FromResult(new HealthCheckResult(
                    context.Registration.FailureStatus, $"The model '{name}' could not be loaded.", model.Exception?.InnerException));
            }

            if (model is { IsCompletedSuccessfully: true })
            {
                data[name] = model.Result.ToString();
            }
            else
            {
                waiting.Add(name);
            }
        }

        return Task.FromResult(waiting.Count == 0
            ? HealthCheckResult.Healthy("Every model is loaded.", data)
            : HealthCheckResult.Degraded($"Not loaded yet: {string.Join(", ", waiting)}.", data: data));
    }
}
