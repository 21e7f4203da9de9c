using System.Security.Cryptography;
using System.Text;

namespace Oml.Sdk.Sealing.Chunks;

/// <summary>The key, base nonce and commitment of one message (C2SP chunked-encryption, Cobblestone-256 and, for its vectors, -128).</summary>
/// <remarks>Thread-safe until it is disposed. Ciphers that it made live on.</remarks>
internal sealed class ChunkKeys : IDisposable
{
    public const int NonceSize = 12;

    private readonly byte[] _material;
    private readonly int _keySize;

    private ChunkKeys(byte[] material, int keySize)
    {
        _material = material;
        _keySize = keySize;
    }

    public ReadOnlySpan<byte> Key => _material.AsSpan(0, _keySize);

    public ReadOnlySpan<byte> BaseNonce => _material.AsSpan(_keySize, NonceSize);

    public ReadOnlySpan<byte> Commitment => _material.AsSpan(_keySize + NonceSize);

    /// <summary>Derives them.</summary>
    /// <param name="inputKey">32 uniformly random bytes (AES-256), or 16 (AES-128).</param>
    /// <param name="salt">24 bytes, never used twice with the key.</param>
    /// <param name="context">What the message is; may be empty.</param>
    /// <exception cref="ArgumentException">The key or the salt has another length.</exception>
    public static ChunkKeys Derive(ReadOnlySpan<byte> inputKey, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> context)
    {
        string aead = inputKey.Length switch
        {
            32 => "AEAD_AES_256_GCM",
            16 => "AEAD_AES_128_GCM",
            _ => throw new ArgumentException($"A key is 32 or 16 bytes long; it is {inputKey.Length}.", nameof(inputKey)),
        };
        if (salt.Length != ChunkLayout.SaltSize)
        {
            throw new ArgumentException($"A salt is {ChunkLayout.SaltSize} bytes long; it is {salt.Length}.", nameof(salt));
        }

        byte[] info = [.. "c2sp.org/chunked-encryption@v1+"u8, .. Encoding.ASCII.GetBytes(aead), 0, .. salt, .. context];
        byte[] material = GC.AllocateUninitializedArray<byte>(inputKey.Length + NonceSize + ChunkLayout.CommitmentSize, pinned: true);
        HkdfSha512.Expand(inputKey, info, material);
        return new ChunkKeys(material, inputKey.Length);
    }

    /// <summary>Whether a message was made with these keys. Takes the same time wherever the commitments differ.</summary>
    public bool IsCommittedBy(ReadOnlySpan<byte> commitment) => CryptographicOperations.FixedTimeEquals(Commitment, commitment);

    public ChunkCipher CreateCipher() => new(Key, BaseNonce);

    public void Dispose() => CryptographicOperations.ZeroMemory(_material);
}
