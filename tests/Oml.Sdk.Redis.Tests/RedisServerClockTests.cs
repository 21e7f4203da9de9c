using Oml.Sdk.Redis.Tests.Support;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Redis.Tests;

public sealed class RedisServerClockTests(RedisServerFixture fixture) : LedgerClockContract, IClassFixture<RedisServerFixture>
{
    private readonly string _prefix = $"clock{Guid.NewGuid():n}:";

    protected override async Task UseLedgerAsync(OmlModelBuilder builder) => builder.UseRedisLedger(await fixture.ServerAsync(), options =>
    {
        options.KeyPrefix = _prefix;
        options.ConnectTimeout = options.OperationTimeout = TimeSpan.FromMinutes(1);
    });
}
