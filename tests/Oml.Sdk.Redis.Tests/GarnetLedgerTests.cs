namespace Oml.Sdk.Redis.Tests;

public sealed class GarnetLedgerTests : RedisLedgerContract
{
    protected override Task<string> ServerAsync() => Task.FromResult(Support.Garnet.ConnectionString);
}
