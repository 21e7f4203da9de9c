using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Oml.Sdk.Sealing;

/// <summary>The keys that both sides of an HPKE exchange in base mode derive (RFC 9180 §5.1, §5.2, §5.3).</summary>
internal sealed class HpkeContext : IDisposable
{
    public const int TagSize = 16;

    private const byte Kem = 0x10;
    private const byte KeyDerivation = 0x01;
    private const int NonceSize = 12;
    private const byte BaseMode = 0;

    private readonly byte[] _suite;
    private readonly AesGcm _aead;
    private readonly SecretBytes _exporter;
    private readonly byte[] _baseNonce = new byte[NonceSize];

    /// <summary>Derives the keys.</summary>
    /// <param name="aead">How to encrypt.</param>
    /// <param name="sharedSecret">What the key encapsulation gave.</param>
    /// <param name="info">What both sides bind the keys to; any length.</param>
    public HpkeContext(HpkeAead aead, ReadOnlySpan<byte> sharedSecret, ReadOnlySpan<byte> info)
    {
        _suite = [.. "HPKE"u8, 0, Kem, 0, KeyDerivation, 0, (byte)aead];
        Span<byte> schedule = stackalloc byte[1 + (2 * HpkeKdf.HashSize)];
        schedule[0] = BaseMode;
        HpkeKdf.Extract(_suite, salt: [], "psk_id_hash"u8, [], schedule[1..]);
        HpkeKdf.Extract(_suite, salt: [], "info_hash"u8, info, schedule[(1 + HpkeKdf.HashSize)..]);
        Span<byte> secret = stackalloc byte[HpkeKdf.HashSize];
        Span<byte> key = stackalloc byte[aead == HpkeAead.Aes128Gcm ? 16 : 32];
        Span<byte> exporter = stackalloc byte[HpkeKdf.HashSize];
        try
        {
            HpkeKdf.Extract(_suite, sharedSecret, "secret"u8, [], secret);
            HpkeKdf.Expand(secret, _suite, "key"u8, schedule, key);
            HpkeKdf.Expand(secret, _suite, "base_nonce"u8, schedule, _baseNonce);
            HpkeKdf.Expand(secret, _suite, "exp"u8, schedule, exporter);
            _aead = new AesGcm(key, TagSize);
            _exporter = new SecretBytes(exporter);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(exporter);
        }
    }

    /// <summary>Encrypts the message of a sequence number, which must not be used twice.</summary>
    public void Seal(ulong sequence, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> plaintext, Span<byte> sealedText)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        Nonce(sequence, nonce);
        _aead.Encrypt(nonce, plaintext, sealedText[..plaintext.Length], sealedText.Slice(plaintext.Length, TagSize), aad);
    }

    /// <summary>Decrypts the message of a sequence number.</summary>
    /// <exception cref="CryptographicException">It was not sealed under this context, number and <paramref name="aad"/>.</exception>
    public void Open(ulong sequence, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> sealedText, Span<byte> plaintext)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        Nonce(sequence, nonce);
        _aead.Decrypt(nonce, sealedText[..^TagSize], sealedText[^TagSize..], plaintext, aad);
    }

    /// <summary>Derives a further secret of both sides (RFC 9180 §5.3).</summary>
    public void Export(ReadOnlySpan<byte> exporterContext, Span<byte> destination) =>
        HpkeKdf.Expand(_exporter.Read(this), _suite, "sec"u8, exporterContext, destination);

    public void Dispose()
    {
        _aead.Dispose();
        _exporter.Dispose();
        CryptographicOperations.ZeroMemory(_baseNonce);
    }

    private void Nonce(ulong sequence, Span<byte> nonce)
    {
        _baseNonce.CopyTo(nonce);
        Span<byte> low = nonce[^sizeof(ulong)..];
        BinaryPrimitives.WriteUInt64BigEndian(low, BinaryPrimitives.ReadUInt64BigEndian(low) ^ sequence);
    }
}
