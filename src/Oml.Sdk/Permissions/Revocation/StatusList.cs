namespace Oml.Sdk.Permissions.Revocation;

/// <summary>A status list that was verified. Immutable and thread-safe.</summary>
internal sealed class StatusList(string uri, KeyThumbprint keyId, DateTimeOffset issuedAt, DateTimeOffset? expiresAt, TimeSpan? ttl, int bits, byte[] values)
{
    public const int MaxSize = 1 << 24;

    public string Uri { get; } = uri;

    /// <summary>The key that signed it.</summary>
    public KeyThumbprint KeyId { get; } = keyId;

    public DateTimeOffset IssuedAt { get; } = issuedAt;

    public DateTimeOffset? ExpiresAt { get; } = expiresAt;

    public TimeSpan? Ttl { get; } = ttl;

    public int Count => values.Length * (8 / bits);

    /// <summary>The status at a place that the list has: bits from the least significant on (§4.1).</summary>
    public int this[int index]
    {
        get
        {
            int each = 8 / bits;
            return (values[index / each] >> (index % each * bits)) & ((1 << bits) - 1);
        }
    }
}
