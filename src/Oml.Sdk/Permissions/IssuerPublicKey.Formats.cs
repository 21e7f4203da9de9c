using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Oml.Sdk.Permissions;

// The forms that other software has for a public key (docs/spec/keys.md §7).
public sealed partial class IssuerPublicKey
{
    /// <summary>Reads a COSE_Key (RFC 9052 §7) of type EC2, RSA or AKP (RFC 9964).</summary>
    /// <param name="coseKey">
    /// The key in deterministic CBOR and nothing after it, at most 8192 bytes. It may have <c>kid</c>, which is passed over, <c>alg</c> and
    /// <c>key_ops</c>, which must fit, and nothing else but the key. A point must not be compressed.
    /// </param>
    /// <returns>The key.</returns>
    /// <exception cref="CryptographicException">
    /// It is no such key, it is a private one, or <see cref="ImportSubjectPublicKeyInfo"/> would refuse it.
    /// </exception>
    /// <exception cref="PlatformNotSupportedException">The key is one of ML-DSA, and the platform has none.</exception>
    public static IssuerPublicKey ImportCoseKey(ReadOnlySpan<byte> coseKey)
    {
        CheckLength(coseKey.Length, "COSE_Key");
        return WithoutTimes(CoseKeyReader.Read(coseKey.ToArray()), "COSE_Key");
    }

    /// <summary>Reads a JSON Web Key (RFC 7517) of type EC or RSA (RFC 7518 §6) or AKP (RFC 9964).</summary>
    /// <param name="utf8Json">
    /// The JSON object in UTF-8 and nothing but white space around it, at most 8192 bytes. <c>alg</c>, <c>use</c> and <c>key_ops</c>, where it
    /// has them, must fit; <c>kid</c> and members that are not known are passed over. No member may be there twice.
    /// </param>
    /// <returns>The key.</returns>
    /// <exception cref="CryptographicException">
    /// It is no such key, it is a private one, or <see cref="ImportSubjectPublicKeyInfo"/> would refuse it.
    /// </exception>
    /// <exception cref="PlatformNotSupportedException">The key is one of ML-DSA, and the platform has none.</exception>
    public static IssuerPublicKey ImportJwk(ReadOnlySpan<byte> utf8Json)
    {
        CheckLength(utf8Json.Length, "JWK");
        using JsonDocument document = JwkReader.Parse(utf8Json.ToArray(), "JWK");
        return WithoutTimes(JwkReader.Read(document.RootElement), "JWK");
    }

    /// <summary>Reads a JSON Web Key, see <see cref="ImportJwk(ReadOnlySpan{byte})"/>.</summary>
    /// <param name="json">The JSON object as text.</param>
    /// <returns>The key.</returns>
    /// <exception cref="CryptographicException">See <see cref="ImportJwk(ReadOnlySpan{byte})"/>.</exception>
    public static IssuerPublicKey ImportJwk(ReadOnlySpan<char> json)
    {
        CheckLength(json.Length, "JWK");
        byte[] utf8 = new byte[Encoding.UTF8.GetMaxByteCount(json.Length)];
        return ImportJwk(utf8.AsSpan(0, Encoding.UTF8.GetBytes(json, utf8)));
    }

    /// <summary>Writes a COSE_Key in deterministic CBOR, with the token's <c>kid</c> and with <c>alg</c>.</summary>
    /// <returns>The bytes; equal keys give equal bytes.</returns>
    public byte[] ExportCoseKey()
    {
        CborWriter writer = IssuerKeyWriter.Cbor();
        IssuerKeyWriter.WriteCose(writer, this);
        return writer.Encode();
    }

    /// <summary>Writes a JSON Web Key, with the token's <c>kid</c> in base64url, <c>use</c> and <c>alg</c>.</summary>
    /// <returns>The JSON object; equal keys give equal texts.</returns>
    public string ExportJwk() => IssuerKeyWriter.Json(writer => IssuerKeyWriter.WriteJwk(writer, this));

    private static void CheckLength(int length, string form)
    {
        if (length > IssuerKeyLimits.MaxKeyBytes)
        {
            throw new CryptographicException($"The {form} is {length} bytes long; the limit is {IssuerKeyLimits.MaxKeyBytes}.");
        }
    }

    // A key that is given alone is trusted for as long as the caller says; an end that it brings would be lost.
    private static IssuerPublicKey WithoutTimes(ParsedKey parsed, string form) => parsed is { NotBefore: null, NotAfter: null }
        ? parsed.Key
        : throw new CryptographicException($"The {form} says for how long it is trusted; read it as a set with one key, which keeps that.");
}
