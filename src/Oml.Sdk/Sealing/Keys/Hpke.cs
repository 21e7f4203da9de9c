using System.Security.Cryptography;

namespace Oml.Sdk.Sealing;

/// <summary>
/// Hybrid public key encryption, base mode, one message (RFC 9180 §6.1): DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and AES-GCM.
/// </summary>
internal static class Hpke
{
    /// <summary>By how much a sealed message is longer than its plaintext: the encapsulation and the tag.</summary>
    public const int Overhead = DhKem.EncapsulationSize + HpkeContext.TagSize;

    /// <summary>Encrypts a message that only the holder of the recipient's private key can read.</summary>
    /// <param name="aead">How to encrypt.</param>
    /// <param name="recipient">The recipient's public point, uncompressed.</param>
    /// <param name="info">What the recipient must give to open it; any length.</param>
    /// <param name="plaintext">The message.</param>
    /// <returns>The encapsulation, the ciphertext and the tag.</returns>
    public static byte[] Seal(HpkeAead aead, ReadOnlySpan<byte> recipient, ReadOnlySpan<byte> info, ReadOnlySpan<byte> plaintext)
    {
        using ECDiffieHellman ephemeral = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        return Seal(aead, ephemeral, recipient, info, plaintext);
    }

    /// <summary>The same with a given ephemeral key: for vectors. A key that is used twice gives both messages away.</summary>
    internal static byte[] Seal(
        HpkeAead aead, ECDiffieHellman ephemeral, ReadOnlySpan<byte> recipient, ReadOnlySpan<byte> info, ReadOnlySpan<byte> plaintext)
    {
        byte[] result = new byte[Overhead + plaintext.Length];
        Span<byte> secret = stackalloc byte[DhKem.SecretSize];
        try
        {
            DhKem.Encapsulate(ephemeral, recipient, result.AsSpan(0, DhKem.EncapsulationSize), secret);
            using HpkeContext context = new(aead, secret, info);
            context.Seal(0, [], plaintext, result.AsSpan(DhKem.EncapsulationSize));
            return result;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Decrypts a message.</summary>
    /// <param name="aead">How it was encrypted.</param>
    /// <param name="key">The recipient's private key.</param>
    /// <param name="recipient">Its public point, uncompressed.</param>
    /// <param name="info">What the sender gave.</param>
    /// <param name="message">The encapsulation, the ciphertext and the tag.</param>
    /// <param name="plaintext">Receives the message, <see cref="Overhead"/> bytes less; zeros when it cannot be opened.</param>
    /// <exception cref="CryptographicException">It was sealed for another key or info, or was changed since.</exception>
    public static void Open(
        HpkeAead aead,
        ECDiffieHellman key,
        ReadOnlySpan<byte> recipient,
        ReadOnlySpan<byte> info,
        ReadOnlySpan<byte> message,
        Span<byte> plaintext)
    {
        if (message.Length != Overhead + plaintext.Length)
        {
            throw new CryptographicException($"The sealed message is {message.Length} bytes long, not {Overhead + plaintext.Length}.");
        }

        Span<byte> secret = stackalloc byte[DhKem.SecretSize];
        try
        {
            DhKem.Decapsulate(key, recipient, message[..DhKem.EncapsulationSize], secret);
            using HpkeContext context = new(aead, secret, info);
            context.Open(0, [], message[DhKem.EncapsulationSize..], plaintext);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
