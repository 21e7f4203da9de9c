using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Redis.Tests;

public sealed class GarnetClockTests : LedgerClockContract
{
    private readonly string _prefix = $"clock{Guid.NewGuid():n}:";

    protected override Task UseLedgerAsync(OmlModelBuilder builder)
    {
        builder.UseRedisLedger(Support.Garnet.ConnectionString, options =>
        {
            options.KeyPrefix = _prefix;
            options.ConnectTimeout = options.OperationTimeout = TimeSpan.FromMinutes(1);
        });
        return Task.CompletedTask;
    }
}
