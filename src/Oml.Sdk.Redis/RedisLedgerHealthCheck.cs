using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Oml.Sdk.Redis;

/// <summary>Healthy when every ledger's server answers in the epoch that the ledger was opened in; degraded while one was not opened yet.</summary>
internal sealed class RedisLedgerHealthCheck(IEnumerable<RedisLedgerHost> hosts) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        Dictionary<string, object> data = [];
        List<string> waiting = [];
        foreach (RedisLedgerHost host in hosts)
        {
            if (host.Started is not { } started)
            {
                waiting.Add(host.Name);
                continue;
            }

            try
            {
                RedisUsageLedger ledger = await started.WaitAsync(cancellationToken).ConfigureAwait(false);
                await ledger.CheckAsync(cancellationToken).ConfigureAwait(false);
                data[host.Name] = ledger.Server;
            }
            catch (Exception error) when (error is OmlException or ObjectDisposedException)
            {
                return new HealthCheckResult(
                    context.Registration.FailureStatus, $"The usage ledger of '{host.Name}' cannot be used: {error.Message}", error, data);
            }
        }

        return waiting.Count == 0
            ? HealthCheckResult.Healthy("Every Redis ledger answers.", data)
            : HealthCheckResult.Degraded($"Not opened yet: {string.Join(", ", waiting)}.", data: data);
    }
}
