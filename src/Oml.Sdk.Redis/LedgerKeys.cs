using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Oml.Sdk.Permissions;
using StackExchange.Redis;

namespace Oml.Sdk.Redis;

/// <summary>The names of a ledger's keys.</summary>
/// <remarks>
/// A script of a cluster may only touch keys of one hash slot, and each reads the epoch besides its permission. So permissions are spread
/// over 64 buckets by issuer and nonce, the bucket is the hash tag, and each bucket has an epoch key of its own.
/// </remarks>
internal sealed class LedgerKeys
{
    public const int Buckets = 64;
    public const string SeenName = "seen";
    public const string EntryName = "p:";

    /// <summary>The bucket of what belongs to no permission.</summary>
    public const int SharedBucket = 0;

    private const int IssuerHashSize = 16;

    private readonly string[] _tags;
    private readonly RedisKey[] _epochs;

    public LedgerKeys(string prefix, string epochName)
    {
        _tags = [.. Enumerable.Range(0, Buckets).Select(bucket => string.Create(CultureInfo.InvariantCulture, $"{prefix}{{{bucket:x2}}}:"))];
        _epochs = [.. _tags.Select(tag => (RedisKey)(tag + epochName))];
        Seen = _tags[SharedBucket] + SeenName;
    }

    /// <summary>The latest time that anybody told the ledger.</summary>
    public RedisKey Seen { get; }

    /// <summary>The epoch of a bucket.</summary>
    public RedisKey Epoch(int bucket) => _epochs[bucket];

    /// <summary>All that is kept of a permission.</summary>
    public LedgerEntryKey Entry(PermissionKey key)
    {
        // Half a SHA-256: an issuer that is trusted would have to find a second preimage to meet another's entries.
        Span<byte> issuer = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key.Issuer), issuer);
        Span<byte> nonce = stackalloc byte[PermissionNonce.Size];
        key.Nonce.CopyTo(nonce);
        int bucket = 0;
        for (int i = 0; i < nonce.Length; i++)
        {
            bucket ^= issuer[i] ^ nonce[i];
        }

        bucket %= Buckets;
        return new(bucket, $"{_tags[bucket]}{EntryName}{Convert.ToHexStringLower(issuer[..IssuerHashSize])}:{Convert.ToHexStringLower(nonce)}");
    }
}
