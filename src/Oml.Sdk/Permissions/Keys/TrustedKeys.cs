using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Oml.Sdk.Permissions;

/// <summary>All keys that are trusted at one time, found by their thumbprint. Immutable: a change is another object.</summary>
internal sealed class TrustedKeys
{
    private readonly FrozenDictionary<KeyThumbprint, TrustedKey> _keys;

    private TrustedKeys(FrozenDictionary<KeyThumbprint, TrustedKey> keys, ImmutableArray<string> names)
    {
        _keys = keys;
        Names = names;
    }

    /// <summary>The names of the issuers, sorted; also of one that has no keys at the moment.</summary>
    public ImmutableArray<string> Names { get; }

    public IEnumerable<TrustedKey> All => _keys.Values;

    /// <param name="issuers">Each key under its names.</param>
    /// <param name="otherNames">Issuers that may have no key.</param>
    /// <param name="former">The keys until now: the objects of those that stay are kept, for what they have made ready to verify.</param>
    public static TrustedKeys Create(IEnumerable<TrustedIssuer> issuers, IEnumerable<string> otherNames, TrustedKeys? former = null)
    {
        TrustedIssuer[] all = [.. issuers];
        return new(
            all.GroupBy(issuer => issuer.Key.Thumbprint).ToFrozenDictionary(
                group => group.Key,
                group => new TrustedKey(former?.Find(group.Key)?.Key ?? group.First().Key, [.. group])),
            [.. all.Select(issuer => issuer.Name).Concat(otherNames).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    }

    public TrustedKey? Find(KeyThumbprint keyId) => _keys.GetValueOrDefault(keyId);
}
