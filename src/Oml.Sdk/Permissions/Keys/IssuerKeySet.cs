using System.Collections.Immutable;
using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;

namespace Oml.Sdk.Permissions;

/// <summary>The public keys of one issuer, each with the time in which it is trusted (docs/spec/keys.md §7). Immutable and thread-safe.</summary>
/// <remarks>
/// An issuer that replaces its key publishes a set with the old and the new one, and later one without the old. Reading a set is all or
/// nothing: one key that is malformed, weak or private refuses it. Keys that this version or platform cannot verify with are
/// passed over and named in <see cref="Ignored"/>, or refuse it too, as the caller says.
/// </remarks>
public sealed class IssuerKeySet
{
    /// <summary>The most keys of a set, those that are ignored included: 64.</summary>
    public const int MaxKeys = 64;

    /// <summary>The longest set, in bytes, or characters of text: 262144, room for 64 keys of any kind in any form.</summary>
    public const int MaxBytes = 262_144;

    /// <summary>Makes a set.</summary>
    /// <param name="keys">1 to 64 keys, none of them twice.</param>
    /// <exception cref="ArgumentException">There is no key, there are too many, one is null, or one is there twice.</exception>
    public IssuerKeySet(params IEnumerable<IssuerSetKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        Keys = [.. keys];
        if (Keys.Length is 0 or > MaxKeys || Keys.Contains(null!))
        {
            throw new ArgumentException($"A set has 1 to {MaxKeys} keys, none of them null; there are {Keys.Length}.", nameof(keys));
        }

        if (Keys.Select(key => key.Key).Distinct().Count() != Keys.Length)
        {
            throw new ArgumentException("A key is in the set twice.", nameof(keys));
        }

        Ignored = [];
    }

    internal IssuerKeySet(ImmutableArray<IssuerSetKey> keys, ImmutableArray<string> ignored)
    {
        Keys = keys;
        Ignored = ignored;
    }

    /// <summary>The keys, in the order of the set; at least one.</summary>
    public ImmutableArray<IssuerSetKey> Keys { get; }

    /// <summary>What was passed over and why, a sentence for each key; nothing secret.</summary>
    public ImmutableArray<string> Ignored { get; }

    /// <summary>Reads a set in whichever of the three forms it is.</summary>
    /// <param name="set">
    /// A COSE_KeySet when it starts with an array of CBOR, a JWK Set when it starts with <c>{</c> after white space, else PEM in UTF-8.
    /// </param>
    /// <param name="unknownKeys">What happens to keys that cannot be used here.</param>
    /// <returns>The set.</returns>
    /// <exception cref="CryptographicException">The set is refused, see the method for its form.</exception>
    public static IssuerKeySet Import(ReadOnlySpan<byte> set, UnknownKeyHandling unknownKeys = UnknownKeyHandling.Ignore)
    {
        CheckLength(set.Length);
        return set switch
        {
            [>= 0x80 and <= 0x9F, ..] => ImportCoseKeySet(set, unknownKeys),
            _ when set.TrimStart(" \t\r\n"u8) is [(byte)'{', ..] => ImportJwkSet(set, unknownKeys),
            _ => ImportFromPem(Encoding.UTF8.GetString(set), unknownKeys),
        };
    }

    /// <summary>Reads a COSE_KeySet (RFC 9052 §7).</summary>
    /// <param name="set">
    /// An array of 1 to 64 COSE_Keys in deterministic CBOR and nothing after it, at most 262144 bytes. Each as
    /// <see cref="IssuerPublicKey.ImportCoseKey"/> reads it, and it may say with the labels −65537 and −65538 when it is trusted.
    /// </param>
    /// <param name="unknownKeys">What happens to keys that cannot be used here.</param>
    /// <returns>The set.</returns>
    /// <exception cref="CryptographicException">
    /// It is no such set, a key is malformed, weak or private, two keys are the same or have the same <c>kid</c>, or none can be used.
    /// </exception>
    public static IssuerKeySet ImportCoseKeySet(ReadOnlySpan<byte> set, UnknownKeyHandling unknownKeys = UnknownKeyHandling.Ignore)
    {
        CheckLength(set.Length);
        return CoseKeySetReader.Read(set.ToArray(), unknownKeys);
    }

    /// <summary>Reads a JWK Set (RFC 7517 §5).</summary>
    /// <param name="utf8Json">
    /// A JSON object in UTF-8 whose <c>keys</c> are 1 to 64 JWKs, at most 262144 bytes. Each as
    /// <see cref="IssuerPublicKey.ImportJwk(ReadOnlySpan{byte})"/> reads it, and it may say with <c>nbf</c> and <c>exp</c> when it is trusted.
    /// </param>
    /// <param name="unknownKeys">What happens to keys that cannot be used here.</param>
    /// <returns>The set.</returns>
    /// <exception cref="CryptographicException">
    /// It is no such set, a key is malformed, weak or private, two keys are the same or have the same <c>kid</c>, or none can be used.
    /// </exception>
    public static IssuerKeySet ImportJwkSet(ReadOnlySpan<byte> utf8Json, UnknownKeyHandling unknownKeys = UnknownKeyHandling.Ignore)
    {
        CheckLength(utf8Json.Length);
        return JwkSetReader.Read(utf8Json.ToArray(), unknownKeys);
    }

    /// <summary>Reads a PEM text with 1 to 64 <c>PUBLIC KEY</c> blocks (RFC 7468 §13).</summary>
    /// <param name="pem">The text, at most 262144 characters; what surrounds the blocks is passed over.</param>
    /// <param name="unknownKeys">What happens to keys that cannot be used here, and to blocks of other kinds.</param>
    /// <returns>The set. Its keys are trusted without a limit in time.</returns>
    /// <exception cref="CryptographicException">
    /// A block is cut off, a key is malformed, weak or private, two keys are the same, or none can be used.
    /// </exception>
    public static IssuerKeySet ImportFromPem(ReadOnlySpan<char> pem, UnknownKeyHandling unknownKeys = UnknownKeyHandling.Ignore)
    {
        CheckLength(pem.Length);
        return PemKeySetReader.Read(pem, unknownKeys);
    }

    /// <summary>Writes a COSE_KeySet (RFC 9052 §7) in deterministic CBOR.</summary>
    /// <returns>The bytes. What was ignored is not in them.</returns>
    public byte[] ExportCoseKeySet()
    {
        CborWriter writer = IssuerKeyWriter.Cbor();
        writer.WriteStartArray(Keys.Length);
        foreach (IssuerSetKey key in Keys)
        {
            IssuerKeyWriter.WriteCose(writer, key.Key, key.NotBefore, key.NotAfter);
        }

        writer.WriteEndArray();
        return writer.Encode();
    }

    /// <summary>Writes a JWK Set (RFC 7517 §5).</summary>
    /// <returns>The JSON object. What was ignored is not in it.</returns>
    public string ExportJwkSet() => IssuerKeyWriter.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("keys");
        foreach (IssuerSetKey key in Keys)
        {
            IssuerKeyWriter.WriteJwk(writer, key.Key, key.NotBefore, key.NotAfter);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    /// <summary>Writes one <c>PUBLIC KEY</c> block for each key.</summary>
    /// <returns>The text. What was ignored is not in it.</returns>
    /// <exception cref="InvalidOperationException">A key has a start or an end, which PEM cannot say.</exception>
    public string ExportPem() => Keys.All(key => key is { NotBefore: null, NotAfter: null })
        ? string.Concat(Keys.Select(key => key.Key.ExportSubjectPublicKeyInfoPem() + "\n"))
        : throw new InvalidOperationException("A key of the set has a start or an end, which PEM cannot say: write a JWK Set or a COSE_KeySet.");

    private static void CheckLength(int length)
    {
        if (length > MaxBytes)
        {
            throw new CryptographicException($"The set of keys is {length} bytes long; the limit is {MaxBytes}.");
        }
    }
}
