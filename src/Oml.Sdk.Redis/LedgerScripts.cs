using Oml.Sdk.Metering;

namespace Oml.Sdk.Redis;

/// <summary>One script a verb: a server runs it whole, or not at all.</summary>
/// <remarks>
/// <para>KEYS[1] is the epoch, ARGV[1] the epoch that the caller was opened in. Replies are arrays of strings, because numbers of Lua are
/// doubles; units stay below 2^53, where those are exact, and indices are compared as text.</para>
/// <para>The entry of a permission is a hash: <c>keep</c>, until when it grants; <c>redeemed</c>, the token of the call that redeemed it;
/// <c>reserved</c>, units; <c>chain</c>, the index paid up to.</para>
/// </remarks>
internal static class LedgerScripts
{
    private const string Fence = """
        local epoch = redis.call('GET', KEYS[1])
        if epoch ~= ARGV[1] then return {'fenced', epoch or ''} end

        """;

    // An entry whose time is over by the server's clock may be gone, and a new one would start afresh: nothing is granted under it. It
    // stays longer than that, so that a clock that is set back as far as is accepted finds it still; and the clock of some servers goes on
    // while a script runs.
    private static readonly string Open = Fence + $$"""
        local time = redis.call('TIME')
        local keep = tonumber(ARGV[2])
        if keep <= tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) then return {'over'} end
        local kept = redis.call('HGET', KEYS[2], 'keep')
        if not kept or tonumber(kept) < keep then
          redis.call('HSET', KEYS[2], 'keep', ARGV[2])
          redis.call('PEXPIREAT', KEYS[2], string.format('%.0f', keep + {{(long)InMemoryUsageLedger.KeptLonger.TotalMilliseconds}}))
        end

        """;

    /// <summary>ARGV: epoch, end, the token of the call.</summary>
    public static LedgerScript Redeem { get; } = new(Open + """
        local redeemed = redis.call('HGET', KEYS[2], 'redeemed')
        if redeemed then return {'ok', redeemed == ARGV[3] and '1' or '0'} end
        redis.call('HSET', KEYS[2], 'redeemed', ARGV[3])
        return {'ok', '1'}
        """);

    /// <summary>ARGV: epoch.</summary>
    public static LedgerScript Release { get; } = new(Fence + """
        redis.call('HDEL', KEYS[2], 'redeemed')
        return {'ok'}
        """);

    /// <summary>ARGV: epoch, end, units, limit.</summary>
    public static LedgerScript Reserve { get; } = new(Open + """
        local reserved = tonumber(redis.call('HGET', KEYS[2], 'reserved') or '0')
        local free = math.max(0, tonumber(ARGV[4]) - reserved)
        local granted = math.min(tonumber(ARGV[3]), free)
        if granted > 0 then redis.call('HSET', KEYS[2], 'reserved', string.format('%.0f', reserved + granted)) end
        return {'ok', string.format('%.0f', granted), string.format('%.0f', free - granted)}
        """);

    /// <summary>ARGV: epoch, units.</summary>
    public static LedgerScript Return { get; } = new(Fence + """
        if redis.call('EXISTS', KEYS[2]) == 0 then return {'ok'} end
        local reserved = tonumber(redis.call('HGET', KEYS[2], 'reserved') or '0')
        local units = tonumber(ARGV[2])
        if units > reserved then return {'excess', string.format('%.0f', reserved)} end
        redis.call('HSET', KEYS[2], 'reserved', string.format('%.0f', reserved - units))
        return {'ok'}
        """);

    /// <summary>ARGV: epoch, end, index.</summary>
    public static LedgerScript Advance { get; } = new(Open + """
        local before = redis.call('HGET', KEYS[2], 'chain') or '0'
        local index = ARGV[3]
        if #index > #before or (#index == #before and index > before) then redis.call('HSET', KEYS[2], 'chain', index) end
        return {'ok', before}
        """);

    /// <summary>KEYS[2]: the latest time. ARGV: epoch, milliseconds.</summary>
    public static LedgerScript Observe { get; } = new(Fence + """
        local seen = redis.call('GET', KEYS[2])
        if seen and tonumber(seen) >= tonumber(ARGV[2]) then return {'ok', seen} end
        redis.call('SET', KEYS[2], ARGV[2])
        return {'ok', ARGV[2]}
        """);

    /// <summary>ARGV: epoch. Says whether the epoch still holds.</summary>
    public static LedgerScript Check { get; } = new(Fence + "return {'ok'}");
}
