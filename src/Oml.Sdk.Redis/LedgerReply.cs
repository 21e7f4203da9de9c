using System.Globalization;
using Oml.Sdk.Metering;
using StackExchange.Redis;

namespace Oml.Sdk.Redis;

/// <summary>What a script answered: a word and what belongs to it. Whatever is not exactly that is refused.</summary>
internal readonly struct LedgerReply
{
    public const string Ok = "ok";
    public const string Over = "over";
    public const string Excess = "excess";
    public const string Fenced = "fenced";

    private readonly string _server;
    private readonly string[] _parts;

    private LedgerReply(string server, string[] parts)
    {
        _server = server;
        _parts = parts;
    }

    public string Word => _parts[0];

    public static LedgerReply Parse(RedisResult result, string server)
    {
        if (result.Resp2Type != ResultType.Array || result.Length is < 1 or > 3)
        {
            throw NotOurs(server);
        }

        string[] parts = new string[result.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            RedisResult part = result[i];
            parts[i] = part.Resp2Type == ResultType.BulkString && (string?)part is { } text ? text : throw NotOurs(server);
        }

        LedgerReply reply = new(server, parts);
        return parts[0] is Ok or Over or Excess or Fenced ? reply : throw NotOurs(server);
    }

    /// <summary>Refuses any word but this one, with this many values.</summary>
    public LedgerReply Expect(string word, int values) => Word == word && _parts.Length == values + 1 ? this : throw NotOurs(_server);

    /// <summary>One of the values, which must be a decimal number as the scripts write it.</summary>
    public long Number(int index)
    {
        string text = _parts[index + 1];
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            && number.ToString(CultureInfo.InvariantCulture) == text ? number : throw NotOurs(_server);
    }

    /// <summary>The epoch of a fenced reply; null when the server has none.</summary>
    public long? ServerEpoch()
    {
        Expect(Fenced, 1);
        return _parts[1].Length == 0 ? null : Number(0);
    }

    public static UsageLedgerException NotOurs(string server) => new(
        $"The Redis server {server} answered something that the scripts of this ledger do not say, so the use is refused. " +
        "Look whether it is a Redis server that runs Lua scripts, and whether other software writes under the ledger's prefix.");
}
