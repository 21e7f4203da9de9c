using System.Security.Cryptography;

namespace Oml.Sdk.Sealing;

/// <summary>DHKEM(P-256, HKDF-SHA256) (RFC 9180 §4.1). Scalars and curve arithmetic are the platform's.</summary>
internal static class DhKem
{
    public const int EncapsulationSize = P256Point.Size;
    public const int SecretSize = HpkeKdf.HashSize;

    private static ReadOnlySpan<byte> Suite => "KEM\0\u0010"u8;

    /// <summary>The secret that only the holder of the recipient's private key can compute from the encapsulation.</summary>
    /// <param name="ephemeral">A fresh key of the sender, used once.</param>
    /// <param name="recipient">The recipient's public point.</param>
    /// <param name="encapsulation">Receives the whole of its <see cref="EncapsulationSize"/> bytes, the sender's public point.</param>
    /// <param name="secret">Receives <see cref="SecretSize"/> bytes.</param>
    public static void Encapsulate(
        ECDiffieHellman ephemeral, ReadOnlySpan<byte> recipient, Span<byte> encapsulation, Span<byte> secret)
    {
        P256Point.Write(ephemeral, encapsulation);
        Derive(ephemeral, recipient, encapsulation, recipient, secret);
    }

    /// <summary>The same secret, from the recipient's side.</summary>
    /// <exception cref="CryptographicException">The encapsulation is no point of the curve in uncompressed form.</exception>
    public static void Decapsulate(
        ECDiffieHellman recipientKey, ReadOnlySpan<byte> recipient, ReadOnlySpan<byte> encapsulation, Span<byte> secret) =>
        Derive(recipientKey, encapsulation, encapsulation, recipient, secret);

    private static void Derive(
        ECDiffieHellman own, ReadOnlySpan<byte> other, ReadOnlySpan<byte> encapsulation, ReadOnlySpan<byte> recipient, Span<byte> secret)
    {
        using ECDiffieHellman peer = P256Point.ReadKey(other);
        using ECDiffieHellmanPublicKey peerKey = peer.PublicKey;
        byte[] agreement = own.DeriveRawSecretAgreement(peerKey);
        Span<byte> extracted = stackalloc byte[HpkeKdf.HashSize];
        try
        {
            HpkeKdf.Extract(Suite, salt: [], "eae_prk"u8, agreement, extracted);
            HpkeKdf.Expand(extracted, Suite, "shared_secret"u8, [.. encapsulation, .. recipient], secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(agreement);
            CryptographicOperations.ZeroMemory(extracted);
        }
    }
}
