using System.Security.Cryptography;

namespace Oml.Sdk.Permissions;

/// <summary>Puts a set together, key by key, and refuses it as a whole at the first key that is wrong.</summary>
internal sealed class IssuerKeySetBuilder(UnknownKeyHandling handling)
{
    private readonly List<IssuerSetKey> _keys = [];
    private readonly List<string> _ignored = [];
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly HashSet<IssuerPublicKey> _seen = [];
    private int _count;

    /// <summary>Reads one key.</summary>
    /// <exception cref="CryptographicException">It is malformed, or there twice, or there are too many.</exception>
    public void Add<T>(T source, Func<T, ParsedKey> read)
    {
        if (++_count > IssuerKeySet.MaxKeys)
        {
            throw new CryptographicException($"The set has more than {IssuerKeySet.MaxKeys} keys.");
        }

        try
        {
            Add(read(source));
        }
        catch (Exception exception) when (exception is UnsupportedKeyException or PlatformNotSupportedException && handling == UnknownKeyHandling.Ignore)
        {
            _ignored.Add($"Key {_count}: {exception.Message}");
        }
        catch (Exception exception) when (exception is CryptographicException or PlatformNotSupportedException)
        {
            throw new CryptographicException($"Key {_count} of the set is refused: {exception.Message}", exception);
        }
    }

    /// <exception cref="CryptographicException">There is no key that could verify anything.</exception>
    public IssuerKeySet Build() => _keys.Count > 0 ? new([.. _keys], [.. _ignored]) : throw new CryptographicException(
        "The set has no key that can be used here." + string.Concat(_ignored.Take(3).Select(ignored => $" {ignored}")));

    private void Add(ParsedKey parsed)
    {
        if (!_seen.Add(parsed.Key))
        {
            throw new CryptographicException($"The key {parsed.Key.DefaultIssuerName} is there twice.");
        }

        if (parsed.Id is not null && !_ids.Add(parsed.Id))
        {
            throw new CryptographicException($"Another key has the same kid, {DenialText.Quote(parsed.Id)}.");
        }

        _keys.Add(new(parsed.Key, parsed.NotBefore, parsed.NotAfter));
    }
}
