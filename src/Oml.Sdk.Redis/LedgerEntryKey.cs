using StackExchange.Redis;

namespace Oml.Sdk.Redis;

/// <summary>Where a permission's entry is.</summary>
internal readonly record struct LedgerEntryKey(int Bucket, RedisKey Key);
