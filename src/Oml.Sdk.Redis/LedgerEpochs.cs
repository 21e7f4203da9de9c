using System.Globalization;
using StackExchange.Redis;

namespace Oml.Sdk.Redis;

/// <summary>The epochs of the buckets as they were read together.</summary>
internal sealed class LedgerEpochs
{
    private readonly RedisValue[] _texts;
    private readonly long[] _numbers;

    private LedgerEpochs(RedisValue[] texts, long[] numbers)
    {
        _texts = texts;
        _numbers = numbers;
    }

    /// <summary>A bucket's epoch as the scripts compare it.</summary>
    public RedisValue this[int bucket] => _texts[bucket];

    public static LedgerEpochs Parse(RedisValue[] values, string server)
    {
        long[] numbers = new long[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            numbers[i] = long.TryParse((string?)values[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
                ? number : throw LedgerReply.NotOurs(server);
        }

        return new(values, numbers);
    }

    public long Number(int bucket) => _numbers[bucket];

    public bool Contains(long epoch) => _numbers.Contains(epoch);

    /// <summary>One number, or the least and the greatest when a part of a cluster was bumped alone.</summary>
    public override string ToString() => _numbers.Min() == _numbers.Max() ? $"{_numbers[0]}" : $"{_numbers.Min()} to {_numbers.Max()}";
}
