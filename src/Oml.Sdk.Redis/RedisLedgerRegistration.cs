namespace Oml.Sdk.Redis;

/// <summary>That a model of this name keeps its usage on a Redis server.</summary>
internal sealed record RedisLedgerRegistration(string Name);
