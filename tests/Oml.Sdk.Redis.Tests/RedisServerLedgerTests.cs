using Oml.Sdk.Redis.Tests.Support;

namespace Oml.Sdk.Redis.Tests;

public sealed class RedisServerLedgerTests(RedisServerFixture fixture) : RedisLedgerContract, IClassFixture<RedisServerFixture>
{
    protected override Task<string> ServerAsync() => fixture.ServerAsync();
}
